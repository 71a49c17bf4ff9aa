/**
 * What CPython's own tests assert of processes, pools, queues and locks: for each of them a test says in its name that it holds here, or
 * `docs/python-differences.md` says why not. Rows without a test of CPython's have a name of their own, or stand in the document by their words.
 */
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { filesBelow, root } from "../../scripts/lib/project.ts";

const rows: Record<string, string> = {
  "Process": `
    test_current, test_set_executable, test_args_argument, test_daemon_argument, test_parent_process_attributes, test_parent_process, test_process,
    test_process_mainthread_native_id, test_terminate, test_kill, test_interrupt, test_interrupt_no_handler, test_cpu_count, test_active_children,
    test_recursion, test_sentinel, test_close, test_many_processes, test_lose_target_ref, test_child_fd_inflation, test_wait_for_threads,
    test_error_on_stdio_flush, test_forkserver_sigint, test_forkserver_sigkill, test_subclassing, test_stderr_flush, test_sys_exit, 2.1 exit codes,
    test_atexit, test_poll_eintr, TestStdinBadfiledescriptor, 2.1 daemon rules, 2.1 daemon of a child, 2.1 exit order, 2.1 parent killed,
    2.1 a target that is none`,
  "start methods": `
    TestStartMethod.test_context, test_context_check_module_types, test_set_get, test_get_all, test_preload_resources, test_mixed_startmethod,
    test_nested_startmethod, TestNoForkBomb, 2.2 error text, set_start_method, test_flags, test_closefd, TestForkAwareThreadLock, 2.2 spawn data,
    2.2 main module, 2.2 queue or lambda`,
  "Pool": `
    test_apply, test_map, test_starmap, test_map_async_callbacks, test_map_unplicklable, test_map_chunksize, test_map_handle_iterable_exception, test_async,
    test_async_timeout, test_imap, test_imap_handle_iterable_exception, test_imap_unordered, test_imap_unordered_handle_iterable_exception,
    test_make_pool, test_terminate, test_empty_iterable, 2.16 #14, test_context, test_enter, test_traceback, test_wrapped_exception,
    test_map_no_failfast, test_release_task_refs, test_resource_warning, test_async_error_callback, test_unpickleable_result,
    test_pool_worker_lifetime, test_pool_worker_lifetime_early_close, test_pool_maxtasksperchild_invalid, test_worker_finalization,
    test_pool_initializer, TestPoolNotLeakOnFailure, test_large_pool, 2.3 default chunksize, 2.16 #6, timing of next(timeout), 2.16 #17,
    2.3 callbacks, 2.16 #7, 2.3 after close, 2.3 sharing, 2.16 #1, 2.3 SIGKILL while the worker holds the lock, 2.3 SystemExit in a task,
    2.16 #2, 2.3 error whose unpickling fails, 2.16 #4, 2.16 #5`,
  "queues": `
    test_put, test_get, test_fork, test_qsize, test_task_done, test_no_import_lock_contention, test_timeout, test_queue_feeder_donot_stop_onexc,
    test_queue_feeder_on_queue_feeder_error, test_closed_queue_empty_exceptions, test_closed_queue_put_get_exceptions, TestSimpleQueue,
    There is no feeder, 2.4 exit, 2.4 classic deadlock, an awaited \`put\` the item is seen by all, 2.4 object mutated after put,
    A process killed in \`get\` or \`put\`, 2.4 after close`,
  "queue": `
    test_basic, test_queue_task_done, test_queue_join, test_negative_timeout_raises_exception, test_nowait, test_shrinking_queue, test_failing_queue,
    test_order, test_many_threads, test_references, test_reentrancy, test_shutdown_empty, test_shutdown_nonempty, test_shutdown_immediate,
    test_shutdown_allowed_transitions, test_shutdown_all_methods_in_one_thread, test_shutdown_get, test_shutdown_put, test_shutdown_join,
    test_shutdown_put_join, test_shutdown_get_task_done_join, test_shutdown_pending_get, test_shutdown_all_methods_in_many_threads`,
  "synchronisation": `
    test_lock, test_rlock, test_lock_context, test_semaphore, test_bounded_semaphore, test_timeout, test_notify, test_notify_all, test_notify_n,
    test_waitfor, test_waitfor_timeout, test_wait_result, test_event, test_repr, test_barrier_10, test_wait_return, test_action, test_abort, test_reset,
    test_abort_and_reset, test_default_timeout, test_single_thread, test_thousand, 2.10 action raises, test_semlock_subclass, BaseLockTests, LockTests,
    RLockTests, EventTests, ConditionTests, BaseSemaphoreTests, BoundedSemaphoreTests, test_constructor, 2.10 Event.set()`,
  "what users suffer from": `
    4.3 #1, 4.3 #2, 4.3 #3, 4.3 #4, 4.3 #5, 4.3 #6, 4.3 #7, 4.3 #8, 4.3 #9, 4.3 #10, 4.3 #11, 4.3 #12, 4.3 #13, (4.3, row 14)`,
};

/** The rows in brackets behind the names of tests. */
const claimed = filesBelow("tests").filter((file) => /\.[jt]s$/.test(file) && !file.includes("catalogue_test."))
  .flatMap((file) => fs.readFileSync(path.join(root, file), "utf8").match(/ \[[^\n]*\](?=["`])/g) ?? []).join("\n");
const explained = fs.readFileSync(path.join(root, "docs/python-differences.md"), "utf8");

/** Whether a text has the whole name of a row. */
function has(text: string, row: string): boolean {
  const parts = text.split(row);
  return parts.slice(1).some((after, before) => !/[\w.]$/.test(parts[before]!) && !/^\w/.test(after));
}

for (const [subject, list] of Object.entries(rows)) {
  test(`each row about ${subject} is claimed by a test, or docs/python-differences.md says why it cannot hold`, () => {
    const all = list.split(/,\s+/).map((row) => row.trim());
    assert.deepEqual(all.filter((row) => !has(claimed, row) && !has(explained, row)), []);
  });
}

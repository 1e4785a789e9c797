import type { z } from 'zod'
import type { ScnetConfig } from '../../../config/dialects-config.ts'
import type { itemSchema, mirrorSchema, resultSchema } from './schemas.ts'
import { successCode } from './success-code.ts'
import type { Task } from './task.ts'

/** What a body says besides its tasks. */
export type ResultContext = {
  readonly requestId: string
  readonly scnet: Pick<ScnetConfig, 'codeStyle'>
}

/**
 * Body of "任务状态查询": the tasks in the order asked, and the mirror of the only one. The code is
 * "0" when all have succeeded, as in the document's examples.
 */
export function toResultBody(
  tasks: readonly Task[],
  { requestId, scnet }: ResultContext,
): z.infer<typeof resultSchema> {
  const isSuccess = tasks.every(({ state }) => state === 'succeeded')
  const [only] = tasks
  return {
    code: isSuccess ? '0' : successCode(scnet),
    msg: isSuccess ? 'success' : '',
    data: tasks.map((task) => toItem(task, requestId)),
    ...(only !== undefined && tasks.length === 1 ? { output: toMirror(only) } : {}),
    request_id: requestId,
    requestId,
  }
}

function toItem(task: Task, requestId: string): z.infer<typeof itemSchema> {
  switch (task.state) {
    case 'unknown':
      return {
        output: { task_id: task.taskId, task_status: task.state },
        request_id: requestId,
      }
    case 'pending':
    case 'running':
      return {
        request_id: requestId,
        output: {
          task_id: task.taskId,
          task_status: task.state,
          submit_time: task.submitTime,
        },
      }
    case 'succeeded':
      return {
        output: {
          results: [...task.results],
          task_id: task.taskId,
          task_status: task.state,
          submit_time: task.submitTime,
          end_time: task.endTime,
        },
        usage: { image_count: task.imageCount },
        request_id: requestId,
      }
    case 'failed':
      return {
        request_id: requestId,
        output: {
          task_id: task.taskId,
          task_status: task.state,
          submit_time: task.submitTime,
          end_time: task.endTime,
          error_code: task.errorCode,
          error_message: task.errorMessage,
          detail_code: task.detailCode,
        },
      }
  }
}

function toMirror(task: Task): z.infer<typeof mirrorSchema> {
  const { taskId } = task
  switch (task.state) {
    case 'unknown':
      return { taskId, taskStatus: 'UNKNOWN', task_id: taskId, task_status: task.state }
    case 'pending':
    case 'running':
      return {
        taskId,
        taskStatus: task.state === 'pending' ? 'PENDING' : 'RUNNING',
        submitTime: task.submitTime,
        task_id: taskId,
        task_status: task.state,
        estimatedSeconds: task.estimatedSeconds,
      }
    case 'succeeded':
      return {
        taskId,
        taskStatus: 'SUCCEEDED',
        submitTime: task.submitTime,
        endTime: task.endTime,
        results: [...task.results],
        task_id: taskId,
        task_status: task.state,
      }
    case 'failed':
      return {
        taskId,
        taskStatus: 'FAILED',
        submitTime: task.submitTime,
        endTime: task.endTime,
        errorCode: task.errorCode,
        errorMessage: task.errorMessage,
        task_id: taskId,
        task_status: task.state,
      }
  }
}

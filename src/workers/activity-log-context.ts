import type { Context } from '@temporalio/activity'
import type { ActivityInterceptors } from '@temporalio/worker'
import { documentIdOf } from '../contract/names.ts'

/**
 * Puts document, page and engine on every line that an activity logs; the SDK's own lines about it
 * included. Attempt and activity the SDK puts there itself.
 */
export function activityLogContext(context: Context): ActivityInterceptors {
  const { workflowExecution } = context.info
  const documentId =
    workflowExecution === undefined ? null : documentIdOf(workflowExecution.workflowId)
  let input: unknown
  return {
    inbound: {
      execute(call, next) {
        input = call.args[0]
        return next(call)
      },
    },
    outbound: {
      getLogAttributes: (attributes, next) => ({
        ...next(attributes),
        ...(documentId === null ? {} : { documentId }),
        ...numberOf(input, 'page', 'pageNumber'),
        ...textOf(input, 'engine'),
      }),
    },
  }
}

function numberOf(input: unknown, name: string, as: string): Record<string, number> {
  const value = fieldOf(input, name)
  return typeof value === 'number' ? { [as]: value } : {}
}

function textOf(input: unknown, name: string): Record<string, string> {
  const value = fieldOf(input, name)
  return typeof value === 'string' ? { [name]: value } : {}
}

function fieldOf(input: unknown, name: string): unknown {
  if (typeof input !== 'object' || input === null) return undefined
  return new Map<string, unknown>(Object.entries(input)).get(name)
}

import type { Explanation } from '../explanation.ts'

/** What may be wrong with an engine, the host or the service. */
export const engineFailures = {
  ENGINE_UNREACHABLE: {
    what: 'The engine could not be reached.',
    remedy: 'Run it again later. Operators: check that its server is up and its address is right.',
  },
  ENGINE_TIMED_OUT: {
    what: 'The engine did not answer in time.',
    remedy: 'Run it again later. Operators: check how busy its server is.',
  },
  ENGINE_DIED: {
    what: 'The engine died while it read the page.',
    remedy: 'Run it again with another engine. Operators: its log shows why.',
  },
  ENGINE_REPLY_BROKEN: {
    what: 'The engine’s answer broke off.',
    remedy: 'Run it again. Operators: see the log of its server.',
  },
  ENGINE_OUTPUT_INVALID: {
    what: 'The engine’s answer could not be used.',
    remedy: 'Run it again, or choose another engine.',
  },
  ENGINE_OUTPUT_TRUNCATED: {
    what: 'The page holds more than the engine may write.',
    remedy: 'Choose another engine. Operators: raise its token limit.',
  },
  ENGINE_OUTPUT_REPEATS: {
    what: 'The engine repeated itself without an end and was stopped.',
    remedy: 'Run it again, or choose another engine.',
  },
  ENGINE_REFUSED: {
    what: 'The engine refused to read the page.',
    remedy: 'Choose an engine without a content filter.',
  },
  ENGINE_OUT_OF_MEMORY: {
    what: 'The page was too large for the engine’s memory.',
    remedy: 'Choose another engine. Operators: give its server more memory.',
  },
  ENGINE_DOWN: {
    what: 'The engine is down. Its pages wait and lose nothing.',
    remedy: 'Nothing to do: reading goes on once it is back. Operators: start its server.',
  },
  ENGINE_RATE_LIMITED: {
    what: 'The engine is busy and asked us to wait.',
    remedy: 'Nothing to do: the page has its turn later.',
  },
  ENGINE_REJECTED_REQUEST: {
    what: 'The engine rejected the request.',
    remedy: 'Choose another engine. Operators: check its model and settings.',
  },
  ENGINE_MISCONFIGURED: {
    what: 'The engine is not set up correctly.',
    remedy: 'Choose another engine. Operators: `durable-ocr doctor` names the setting.',
  },
  PROGRAM_MISSING: {
    what: 'A program that the engine needs is not installed.',
    remedy: 'Choose another engine. Operators: install it; `durable-ocr doctor` names it.',
  },
  PROGRAM_FAILED: {
    what: 'A helper program failed on the server.',
    remedy: 'Run it again. Operators: check disk, memory and the log of the worker.',
  },
  FETCH_REFUSED: {
    what: 'The server at the address does not give out the file.',
    remedy: 'Open the address without being logged in, make a new link, or upload the file.',
  },
  FETCH_FAILED: {
    what: 'The file could not be fetched from its address.',
    remedy: 'Check the address, or upload the file itself.',
  },
  STORAGE_UNAVAILABLE: {
    what: 'The store is unavailable. Documents wait for it and lose nothing.',
    remedy: 'Nothing to do: it goes on by itself. Operators: check the disk or the store.',
  },
  STORAGE_FULL: {
    what: 'The disk of the service is full.',
    remedy:
      'What was accepted goes on by itself; send other files again later. Operator: make room in the store.',
  },
  SERVICE_UNAVAILABLE: {
    what: 'The service cannot take requests now. What it accepted before is safe.',
    remedy: 'Try again in a minute.',
  },
  INTERNAL_SERVER_ERROR: {
    what: 'Something went wrong that nobody expected: a bug.',
    remedy: 'Try again, and report it with the id of the document.',
  },
} as const satisfies Record<string, Explanation>

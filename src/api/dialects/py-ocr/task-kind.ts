import type { EngineId } from '../../../contract/engines.ts'

/** One of the three kinds of task of the document: what its routes differ in. */
export type TaskKind = {
  /** Before `/upload`, `/status` and `/cancel`. */
  readonly prefix: '' | '/llm' | '/ocr'
  /** As the headings of the document call it. */
  readonly title: string
  /** `null`: the CPU engine that is configured. */
  readonly engine: EngineId | null
  readonly uploadedMessage: string
  readonly maxPages: number
  /** Time for the whole task; `null`: no limit. */
  readonly deadlineMs: number | null
  /** What the `error` of a failed task begins with. */
  readonly failureLabel: string
  /** Whether its status names the task, and little else; see 9 of the document. */
  readonly hasBriefStatus: boolean
}

const OCR: TaskKind = {
  prefix: '',
  title: 'OCR',
  engine: null,
  uploadedMessage: '文件上传成功，正在处理中',
  // "OCR 限制", "PDF 页数: 最大 100 页".
  maxPages: 100,
  deadlineMs: null,
  failureLabel: 'OCR处理失败',
  hasBriefStatus: false,
}

const LLM: TaskKind = {
  prefix: '/llm',
  title: 'LLM',
  engine: 'llm',
  uploadedMessage: '文件上传成功，开始LLM处理',
  // "LLM 限制", "PDF 页数: 最大 50 页", "每个任务最大处理时间: 5 分钟".
  maxPages: 50,
  deadlineMs: 5 * 60_000,
  // "与 OCR 状态查询接口相同".
  failureLabel: OCR.failureLabel,
  hasBriefStatus: false,
}

const OLLAMA: TaskKind = {
  prefix: '/ocr',
  title: 'Ollama OCR',
  engine: 'ollama',
  uploadedMessage: '文件上传成功，正在使用Ollama OCR处理中',
  maxPages: 100,
  deadlineMs: null,
  failureLabel: 'Ollama OCR处理失败',
  hasBriefStatus: true,
}

/** The kinds of task, in the order of the document. */
export const TASK_KINDS: readonly TaskKind[] = [OCR, LLM, OLLAMA]

/** The kind that a task was uploaded as. */
export function taskKindOf(engine: EngineId): TaskKind {
  return TASK_KINDS.find((kind) => kind.engine === engine) ?? OCR
}

import { NO_TEXT_REPLY } from './markdown-prompts.ts'
import { stripCodeFence } from './code-fence.ts'

/**
 * What the text of a model's answer turned out to be: the page in Markdown; nothing at all; the
 * statement that there is no text; a refusal or apology; or something that is no page.
 */
export type ParsedReply =
  | { readonly kind: 'page'; readonly markdown: string; readonly isRepaired: boolean }
  | { readonly kind: 'empty' | 'no-text' | 'refusal' | 'unusable' }

type Unwrapped = { readonly text: string; readonly isRepaired: boolean }

// A page that itself says so is longer, or it is read by the fallback engine: nothing is lost.
const MAX_STATEMENT_LENGTH = 600
const MAX_WRAPPINGS = 3

/**
 * Reads the answer of a model that was asked for plain Markdown and may have wrapped it all the
 * same: in a code fence, in JSON with nothing else (`content`, else `text`), between the markers of an older service,
 * after its own reasoning. Never throws; line ends become `\n`, control characters go.
 */
export function parseReply(reply: string): ParsedReply {
  const { text, isRepaired } = unwrap(clean(reply))
  if (text === '') return { kind: 'empty' }
  if (text.length <= MAX_STATEMENT_LENGTH) {
    if (isNoTextStatement(text)) return { kind: 'no-text' }
    if (isRefusal(text)) return { kind: 'refusal' }
  }
  if (isUnusable(text)) return { kind: 'unusable' }
  return { kind: 'page', markdown: text, isRepaired }
}

function clean(reply: string): string {
  return (
    reply
      .replaceAll(/\r\n?/g, '\n')
      // oxlint-disable-next-line no-control-regex -- they are what is removed.
      .replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f\ufeff]/g, '')
      .toWellFormed()
      .trim()
  )
}

function unwrap(reply: string): Unwrapped {
  let current: Unwrapped = { text: reply, isRepaired: false }
  for (let round = 0; round < MAX_WRAPPINGS; round++) {
    const text = stripCodeFence(stripReasoning(current.text))
    const bare = stripMarkers(textInJson(text) ?? text)
    if (bare === current.text) break
    current = { text: bare, isRepaired: current.isRepaired || bare !== text }
  }
  return current
}

function stripReasoning(text: string): string {
  if (!text.startsWith('<think>')) return text
  const end = text.indexOf('</think>')
  return end === -1 ? '' : text.slice(end + '</think>'.length).trim()
}

/** The text of JSON that holds nothing else; with other fields it is JSON that is printed there. */
function textInJson(text: string): string | null {
  if (!text.startsWith('{') || !text.endsWith('}')) return null
  // Cut, or with bare backslashes: decided by isUnusable.
  const fields = fieldsOf(text)
  if (fields === null || !isWrapper(fields)) return null
  const inner = [fields['content'], fields['text']].find((value) => typeof value === 'string')
  return typeof inner === 'string' ? clean(inner) : null
}

function fieldsOf(json: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(json)
    return typeof value === 'object' && value !== null
      ? Object.fromEntries(Object.entries(value))
      : null
  } catch {
    return null
  }
}

function isWrapper(fields: Readonly<Record<string, unknown>>): boolean {
  return Object.keys(fields).every((name) => name === 'content' || name === 'text')
}

function stripMarkers(text: string): string {
  return text
    .replace(/^this is the content:/i, '')
    .replace(/this is the end of the content\.?$/i, '')
    .trim()
}

const NO_TEXT_STATEMENTS = [
  /^no (?:visible |readable |legible )?text(?: (?:is )?(?:found|detected|present|visible))?(?: (?:on|in) (?:the|this) (?:page|image))?$/,
  /^(?:blank|empty)(?: page| image)?$/,
  /^(?:the|this) (?:page|image)(?: is (?:completely |entirely )?(?:blank|empty)| (?:contains|has|bears) no (?:visible |readable )?text)$/,
  /^there is no (?:visible |readable )?text (?:on|in) (?:the|this) (?:page|image)$/,
  /^[这该此]?(?:页面?|图片|图像)?(?:中|里|上)?(?:没有|无)(?:任何|可见|可识别的?)?(?:文字|文本)(?:内容)?$/,
  /^[这该此]?(?:一?页面?|图片|图像)?(?:是|为)?(?:空白)(?:的|页面?)?$/,
]

function isNoTextStatement(text: string): boolean {
  if (text === NO_TEXT_REPLY) return true
  const words = text
    .toLowerCase()
    .replaceAll(/^[\s[(<*_"'`（【]+|[\s\])>*_"'`.。!！）】]+$/g, '')
    .replaceAll(/\s+/g, ' ')
  return NO_TEXT_STATEMENTS.some((statement) => statement.test(words))
}

/** What a model says when it talks about the task instead of doing it. */
const REFUSALS = [
  /^(?:(?:i'?m|i am) (?:very |so |really )?sorry|sorry|i apologi[sz]e|my apologies|unfortunately)\b.{0,120}\b(?:can'?t|can ?not|couldn'?t|unable|not able)\b.{0,120}\b(?:assist|help|read|see|view|extract|transcribe|process|access|identify|image|picture|request|text)\b/s,
  /^i(?:'m| am)? (?:can'?t|can ?not|unable to|not able to|couldn'?t) (?:assist|help|read|see|view|extract|transcribe|process|access|identify|fulfil|comply|provide)\b/,
  /^as an ai\b/,
  /^i (?:don'?t|do not|can'?t|cannot) see (?:an?y?|the) (?:image|picture|attachment|text)\b/,
  /^(?:please|could you)(?: please)? (?:provide|upload|attach|share|send)\b.{0,60}\b(?:image|picture|page|file)\b/s,
  /^(?:很?抱歉|对不起|不好意思|非常抱歉|非常遗憾|很遗憾)[，,。！!]?.{0,60}(?:无法|不能|没有办法|未能|没法)/s,
  /^(?:我|作为(?:一个|一款)?(?:人工智能|ai)).{0,40}(?:无法|不能|没有办法)(?:识别|读取|查看|看到|处理|提供|协助|帮助|提取|访问)/s,
  /^请(?:您)?(?:提供|上传|发送).{0,20}(?:图片|图像|照片|文件)/s,
]

function isRefusal(text: string): boolean {
  // Typographic apostrophes, and marks around the sentence.
  const words = text
    .toLowerCase()
    .replaceAll('’', "'")
    .replace(/^[\s*_>"“[(]+/, '')
  return REFUSALS.some((refusal) => refusal.test(words))
}

/** An empty value, a whole HTML document, or JSON around the text that is cut, broken or empty. */
function isUnusable(text: string): boolean {
  return (
    isStartOfWrapper(text) ||
    /^(?:null|undefined|none|\{\s*\}|\[\s*\]|"")$/i.test(text) ||
    /^(?:<!doctype html|<html[\s>])/i.test(text) ||
    (/^\{\s*"(?:content|text)"\s*:/.test(text) && !isPrintedJson(text))
  )
}

function isPrintedJson(text: string): boolean {
  const fields = fieldsOf(text)
  return fields !== null && !isWrapper(fields)
}

/** JSON that is cut before the text in it begins. */
function isStartOfWrapper(text: string): boolean {
  const compact = text.slice(0, 40).replaceAll(/\s/g, '')
  return ['{"content":"', '{"text":"'].some((wrapper) => wrapper.startsWith(compact))
}

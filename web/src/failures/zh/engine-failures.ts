import type { Explanation } from '../explanation.ts'

/** What may be wrong with an engine, the host or the service. */
export const engineFailures = {
  ENGINE_UNREACHABLE: {
    what: '无法连接引擎。',
    remedy: '请稍后重新运行。管理员：请检查引擎服务是否运行、地址是否正确。',
  },
  ENGINE_TIMED_OUT: {
    what: '引擎没有及时回应。',
    remedy: '请稍后重新运行。管理员：请检查引擎服务的负载。',
  },
  ENGINE_DIED: {
    what: '引擎在识别这一页时崩溃了。',
    remedy: '请换一个引擎重新运行。管理员：原因见引擎日志。',
  },
  ENGINE_REPLY_BROKEN: {
    what: '引擎的回应中断了。',
    remedy: '请重新运行。管理员：请查看引擎服务的日志。',
  },
  ENGINE_OUTPUT_INVALID: { what: '引擎的回应无法使用。', remedy: '请重新运行，或换一个引擎。' },
  ENGINE_OUTPUT_TRUNCATED: {
    what: '这一页的内容超过了引擎的输出上限。',
    remedy: '请换一个引擎。管理员：请调高令牌上限。',
  },
  ENGINE_OUTPUT_REPEATS: {
    what: '引擎不断重复，已被中止。',
    remedy: '请重新运行，或换一个引擎。',
  },
  ENGINE_REFUSED: { what: '引擎拒绝识别这一页。', remedy: '请换一个没有内容过滤的引擎。' },
  ENGINE_OUT_OF_MEMORY: {
    what: '这一页超出了引擎的内存。',
    remedy: '请换一个引擎。管理员：请为引擎服务增加内存。',
  },
  ENGINE_DOWN: {
    what: '引擎已停机。页面在等待，不会丢失。',
    remedy: '无需操作：引擎恢复后会继续。管理员：请启动引擎服务。',
  },
  ENGINE_RATE_LIMITED: {
    what: '引擎繁忙，要求我们等待。',
    remedy: '无需操作：稍后会轮到这一页。',
  },
  ENGINE_REJECTED_REQUEST: {
    what: '引擎拒绝了请求。',
    remedy: '请换一个引擎。管理员：请检查模型和设置。',
  },
  ENGINE_MISCONFIGURED: {
    what: '引擎设置有误。',
    remedy: '请换一个引擎。管理员：`durable-ocr doctor` 会指出是哪项设置。',
  },
  PROGRAM_MISSING: {
    what: '引擎所需的程序没有安装。',
    remedy: '请换一个引擎。管理员：请安装该程序，`durable-ocr doctor` 会指出名称。',
  },
  PROGRAM_FAILED: {
    what: '服务器上的辅助程序失败了。',
    remedy: '请重新运行。管理员：请检查磁盘、内存和工作进程日志。',
  },
  FETCH_REFUSED: {
    what: '该地址的服务器不提供这个文件。',
    remedy: '请在未登录时打开该地址，生成新的链接，或直接上传文件。',
  },
  FETCH_FAILED: { what: '无法从该地址获取文件。', remedy: '请检查地址，或直接上传文件。' },
  STORAGE_UNAVAILABLE: {
    what: '存储不可用。文档在等待，不会丢失。',
    remedy: '无需操作：会自动继续。管理员：请检查磁盘或存储。',
  },
  STORAGE_FULL: {
    what: '服务的存储空间已满。',
    remedy: '已接收的文档之后会自动继续，其他文件请稍后重新发送。管理员：请清理存储空间。',
  },
  SERVICE_UNAVAILABLE: {
    what: '服务现在无法接受请求。此前已接受的内容是安全的。',
    remedy: '请稍后再试。',
  },
  INTERNAL_SERVER_ERROR: {
    what: '发生了意料之外的错误：这是一个缺陷。',
    remedy: '请重试，并附上文档编号报告。',
  },
} as const satisfies Record<string, Explanation>

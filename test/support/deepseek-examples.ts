/*
 * The bodies of the DeepSeek-OCR document, copied letter by letter, so that the comparison runs
 * without the document. A test compares the copies with the document.
 */

const OCR_ANSWER = {
  success: true,
  message: 'OCR completed successfully / OCR 成功完成',
  text: 'Extracted text content here...',
  output_file: 'ocr_result_20250127_143022.txt',
} as const

/** Documented bodies by their section. */
export const DEEPSEEK_EXAMPLES = {
  /** Its `endpoints` are left open in the document. */
  info: {
    name: 'DeepSeek-OCR API (Low VRAM Mode)',
    name_zh: 'DeepSeek-OCR API（低显存模式）',
    status: 'running',
    model: 'deepseek-ai/DeepSeek-OCR',
    mode: 'Low VRAM Optimized',
    endpoints: {},
  },
  health: {
    status: 'healthy',
    model_loaded: true,
    tokenizer_loaded: true,
    device: 'cuda',
    mode: 'Low VRAM (torch.bfloat16)',
    gpu_name: 'NVIDIA GeForce RTX 3060',
    gpu_memory_total: '12.00 GB',
    gpu_memory_allocated: '3.45 GB',
    gpu_memory_reserved: '4.12 GB',
    gpu_memory_free: '7.88 GB',
  },
  ocr: OCR_ANSWER,
  base64Request: {
    image_base64: 'data:image/png;base64,iVBORw0KGgoAAAANS...',
    prompt: '<image>\nFree OCR.',
    save_to_file: true,
  },
  base64: OCR_ANSWER,
  cleanup: {
    message: 'Memory cleanup completed / 内存清理完成',
    gpu_memory_allocated: '1.23 GB',
    gpu_memory_reserved: '2.45 GB',
  },
  outOfMemory: {
    detail: {
      error: 'GPU out of memory / GPU 内存不足',
      message: 'The OCR process exceeded available GPU memory',
      suggestions: [
        'Reduce image size / 减小图片尺寸',
        'Close all other GPU applications / 关闭其他 GPU 应用程序',
        'Restart the API server / 重启 API 服务器',
      ],
    },
  },
} as const

/** The JSON examples of the document, in their order; `{ ... }` is read as `{}`. */
export function examplesIn(document: string): unknown[] {
  return [...document.matchAll(/```json\n([^`]*)```/g)].map((match) =>
    JSON.parse((match[1] ?? '').replace('{ ... }', '{}')),
  )
}

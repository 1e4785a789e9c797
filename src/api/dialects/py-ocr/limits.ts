/** "最大文件大小: 10MB", exactly 10,485,760 bytes (`max_size`). */
export const MAX_FILE_BYTES = 10_485_760

/** "图片分辨率: 最大 4096x4096". */
export const MAX_IMAGE_SIDE_PX = 4_096

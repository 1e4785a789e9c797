import type { Shape } from './body-shape.ts'

/*
 * The key sets of the Qianxia dialect, written down by hand and not made from the schemas that
 * validate its answers.
 */

const summary = {
  total_pages: 'number',
  successful_pages: 'number',
  failed_pages: 'number',
  success_rate: 'string',
  processing_time: 'number',
  'content_length?': 'number',
  file_size_mb: 'number',
}

const task = {
  id: 'string',
  user_id: 'string|null',
  task_type: 'string',
  status: 'string',
  file_name: 'string',
  file_size: 'number',
  total_pages: 'number',
  processed_pages: 'number',
  failed_pages: 'number',
  progress: 'number',
  processing_rate: 'number',
  estimated_time_remaining: 'number|null',
  created_at: 'string',
  started_at: 'string|null',
  completed_at: 'string|null',
  last_updated_at: 'string',
  error_message: 'string|null',
  client_ip: 'string',
  metadata: {},
  page_strategy: 'string',
  batch_size: 'number',
  retry_count: 'number',
  max_retries: 'number',
}

const page = {
  id: 'number',
  task_id: 'string',
  page_number: 'number',
  status: 'string',
  content: 'string|null',
  content_length: 'number',
  error_message: 'string|null',
  processing_time: 'number|null',
  retry_count: 'number',
  max_retries: 'number',
  batch_id: 'string',
  priority: 'number',
  created_at: 'string',
  updated_at: 'string',
  started_at: 'string|null',
  completed_at: 'string|null',
}

const batch = {
  id: 'string',
  task_id: 'string',
  batch_number: 'number',
  status: 'string',
  page_start: 'number',
  page_end: 'number',
  pages_count: 'number',
  processed_pages: 'number',
  failed_pages: 'number',
  created_at: 'string',
  started_at: 'string|null',
  completed_at: 'string|null',
  processing_time: 'number|null',
}

const pageStatistics = {
  total_pages: 'number',
  completed_pages: 'number',
  failed_pages: 'number',
  pending_pages: 'number',
  processing_pages: 'number',
  average_processing_time: 'number',
  total_content_length: 'number',
  success_rate: 'number',
}

const latestProgress = {
  id: 'number',
  task_id: 'string',
  timestamp: 'string',
  progress: 'number',
  processed_pages: 'number',
  failed_pages: 'number',
  processing_rate: 'number',
  estimated_time_remaining: 'number|null',
  current_batch_id: 'string|null',
  message: 'string',
}

const endpoints = { status: 'string', result: 'string', cancel: 'string', websocket: 'string' }

const accepted = {
  status: 'string',
  task_id: 'string',
  message: 'string',
  estimated_time: 'number',
  websocket_url: 'string',
  status_url: 'string',
  result_url: 'string',
}

const ofData = (data: Shape): Shape => ({ status: 'string', data })

/** The documented bodies, by what they answer. */
export const QIANXIA_SHAPES = {
  health: { status: 'string', timestamp: 'string' },
  processImage: accepted,
  processPdf: { ...accepted, total_pages: 'number', file_size_mb: 'string' },
  submitted: { status: 'string', task_id: 'string', message: 'string' },
  asyncImage: {
    status: 'string',
    task_id: 'string',
    message: 'string',
    estimated_time: 'number',
    endpoints,
  },
  asyncPdf: {
    status: 'string',
    task_id: 'string',
    message: 'string',
    estimated_time: 'number',
    total_pages: 'number',
    file_size_mb: 'string',
    endpoints,
  },
  batchSubmitted: {
    status: 'string',
    message: 'string',
    submitted_tasks: [
      {
        task_id: 'string',
        filename: 'string',
        type: 'string',
        estimated_time: 'number',
        'total_pages?': 'number',
      },
    ],
    failed_files: [{ filename: 'string', error: 'string', 'detail_code?': 'string' }],
    total_tasks: 'number',
    total_estimated_time: 'number',
    endpoints: { batch_status: 'string', websocket: 'string' },
  },
  tasks: ofData([{ ...task, result_summary: 'object' }]),
  task: ofData({ ...task, result_summary: summary, page_results: [page] }),
  imageTask: ofData({ ...task, result_summary: summary }),
  runningTask: ofData({ ...task, result_summary: {}, page_results: [page] }),
  result: ofData({
    task_id: 'string',
    status: 'string',
    progress: 'number',
    created_at: 'string',
    completed_at: 'string|null',
    error_message: 'string|null',
    file_size_mb: 'number',
    content: 'string',
    'page_results?': [page],
  }),
  pages: ofData({
    task_id: 'string',
    pages: [page],
    total_pages: 'number',
    page_statistics: pageStatistics,
  }),
  page: ofData({ task_id: 'string', page_number: 'number', page_result: page }),
  progress: ofData({
    task_info: { ...task, result_summary: 'object' },
    latest_progress: latestProgress,
    batches: [batch],
    page_statistics: pageStatistics,
    detailed_progress: {
      total_pages: 'number',
      processed_pages: 'number',
      failed_pages: 'number',
      progress_percentage: 'number',
      processing_rate: 'number',
      estimated_time_remaining: 'number|null',
    },
  }),
  batches: ofData({ task_id: 'string', batches: [batch], total_batches: 'number' }),
  exported: {
    task_id: 'string',
    export_time: 'string',
    task_info: { ...task, result_summary: summary },
    content: 'string',
  },
  batchStatus: {
    status: 'string',
    tasks: [
      {
        task_id: 'string',
        status: 'string',
        'progress?': 'number',
        'created_at?': 'string',
        'completed_at?': 'string|null',
        error_message: 'string|null',
      },
    ],
    summary: { total_tasks: 'number', status_counts: 'object' },
  },
} as const satisfies Record<string, Shape>

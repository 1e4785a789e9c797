import type { DocumentName } from './documents.ts'

/** What is expected of a program of a document, in the order in which they stand there. */
export type Expectation = {
  /** Stands in the program. */
  readonly about: RegExp
  /** Stands in what it prints when it has reached its success branch. */
  readonly prints?: RegExp
  /** Why it is not run: it is no client. */
  readonly notRun?: string
  /** It cannot work as it stands there, and ends with this code. */
  readonly failsWith?: number
  /** Arguments that the document runs it with. */
  readonly args?: readonly string[]
  /** What its task must still be. */
  readonly needs?: 'running task'
}

const SERVER = 'it starts the server that we stand in for'
const SETTINGS = 'it is a file of settings, which the next test reads'
const UPLOADED = /"task_id":"[0-9a-f-]{36}"/
const COMPLETED = /"status":"completed".*"minio_url":"http/
const CANCELLED = /^\{"message":"任务已取消"\}$/
// Fails with 26: a value that begins with `<` means "read from this file" to curl.
const CURL_READS_FILE = 26
const SUCCESS = /✓ OCR Success!/

/** Every program of every document, or why it is none. */
export const EXPECTATIONS: Readonly<Record<DocumentName, readonly Expectation[]>> = {
  pyOcr: [
    { about: /api\/upload$/, prints: UPLOADED },
    { about: /api\/llm\/upload$/, prints: UPLOADED },
    { about: /api\/status\//, prints: COMPLETED },
    { about: /api\/llm\/status\//, prints: COMPLETED },
    { about: /api\/cancel\//, prints: CANCELLED, needs: 'running task' },
    { about: /api\/llm\/cancel\//, prints: CANCELLED, needs: 'running task' },
    { about: /api\/ocr\/upload$/, prints: UPLOADED },
    { about: /api\/ocr\/status\//, prints: COMPLETED },
    { about: /api\/ocr\/cancel\//, prints: CANCELLED, needs: 'running task' },
  ],
  dots: [
    { about: /GET .*health/, prints: /^(?=.*"status":"healthy").*"model_loaded":true/ },
    { about: /"path"/, prints: /"model":"dots-ocr","response":".+"prompt_type"/ },
    { about: /"base64"/, prints: /"prompt_type":"prompt_ocr"/ },
    { about: /"stream": true/, prints: /"response":"","done":true\}\s*$/ },
    { about: /ocr_data/, prints: /'model': 'dots-ocr'/ },
  ],
  qianxia: [
    { about: /git clone/, notRun: SERVER },
    { about: /API_BASE_URL=/, notRun: SETTINGS },
    { about: /^PASSWORD=/, notRun: SETTINGS },
    { about: /^PORT=/, notRun: SETTINGS },
    { about: /^CONCURRENCY=/, notRun: SETTINGS },
    { about: /^PDF_DPI=/, notRun: SETTINGS },
    { about: /^MAX_IMAGE_SIZE_MB=/, notRun: SETTINGS },
    { about: /^TITLE=/, notRun: SETTINGS },
    { about: /docker-compose/, notRun: SERVER },
    { about: /pip install/, notRun: SERVER },
    { about: /python main.py/, notRun: SERVER },
    { about: /^BACK_URL=/, notRun: SETTINGS },
    { about: /pip install/, notRun: SERVER },
    { about: /python main.py/, notRun: SERVER },
    { about: /system\/stats/, prints: /"task_system":\{"queues":/ },
    { about: /system\/metrics/, prints: /"system_resources":\{"cpu":/ },
    { about: /api\/tasks$/, prints: /^\{"status":"success","data":\[\{"id":/ },
    { about: /progress$/, prints: /"detailed_progress":\{"total_pages":2/ },
  ],
  scnet: [
    { about: /ocrdoc\/submit/, prints: /"code":"200".*"task_status":"pending"/ },
    { about: /ocrdoc\/result/, prints: /"code":"0","msg":"success".*"results":\["http/ },
    { about: /import requests/, prints: /任务成功/ },
    { about: /package main/, prints: /任务成功/ },
    { about: /submitTask/, prints: /任务成功/ },
  ],
  deepseek: [
    { about: /ai\.huggingface/, notRun: SERVER },
    { about: /deepseek_ocr_api_low_vram/, notRun: SERVER },
    { about: /8031$/, notRun: 'it is an address' },
    { about: /8031\/$/, prints: /"name":"DeepSeek-OCR API \(Low VRAM Mode\)"/ },
    { about: /8031\/"/, prints: /'status': 'running'/ },
    { about: /health/, prints: /"model_loaded":true/ },
    { about: /health"/, prints: /'model_loaded': True/ },
    { about: /prompt=<image>/, failsWith: CURL_READS_FILE },
    { about: /Upload image file/, prints: /\S/ },
    { about: /def ocr_from_file/, prints: SUCCESS },
    { about: /ocr-base64/, prints: /"success":true/ },
    { about: /def ocr_from_base64/, prints: SUCCESS },
    { about: /-o result\.txt/, prints: /^$/ },
    { about: /downloaded_result/, prints: /✓ File downloaded successfully!/ },
    { about: /cleanup/, prints: /"message":"Memory cleanup completed/ },
    { about: /cleanup"/, prints: /'message': 'Memory cleanup completed/ },
    { about: /API Client Example/, prints: /✓ Success! \/ 成功！/, args: ['document.png'] },
    { about: /api_client\.py/, prints: /✓ Success! \/ 成功！/ },
    { about: /axios/, prints: /✓ OCR Success![\s\S]*Done!/ },
    { about: /health/, prints: /"status":"healthy"/ },
    { about: /prompt=<image>/, failsWith: CURL_READS_FILE },
    { about: /-o result\.txt/, prints: /^$/ },
    { about: /cleanup/, prints: /"message":"Memory cleanup completed/ },
  ],
}

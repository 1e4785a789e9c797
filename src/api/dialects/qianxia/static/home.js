// Uploads files and shows the newest tasks, looking again every 3 s.
const base = location.pathname.replace(/\/+$/, '').replace(/\/main$/, '')
const form = document.querySelector('form')
const message = document.querySelector('[role=alert]')
const rows = document.querySelector('tbody')

const STATES = {
  pending: '等待中',
  processing: '处理中',
  completed: '已完成',
  failed: '失败',
  cancelled: '已取消',
}

async function call(path, init) {
  const response = await fetch(base + path, init)
  const answer = await response.json()
  if (!response.ok) throw new Error(answer.detail)
  return answer
}

function cell(content) {
  const td = document.createElement('td')
  td.append(content)
  return td
}

function actionOf(task) {
  if (task.status === 'completed') {
    const link = document.createElement('a')
    link.href = `${base}/api/tasks/${task.id}/export?format=md`
    link.textContent = '下载 Markdown'
    return link
  }
  if (task.status !== 'pending' && task.status !== 'processing') return task.error_message ?? ''
  const button = document.createElement('button')
  button.textContent = '取消'
  button.addEventListener('click', () => {
    void act(() => call(`/api/tasks/${task.id}`, { method: 'DELETE' }))
  })
  return button
}

async function refresh() {
  const { data } = await call('/api/tasks?limit=50')
  rows.replaceChildren(
    ...data.map((task) => {
      const row = document.createElement('tr')
      row.append(
        cell(task.file_name),
        cell(`${task.processed_pages}/${task.total_pages}`),
        cell(`${STATES[task.status]} ${task.progress}%`),
        cell(new Date(task.created_at).toLocaleString()),
        cell(actionOf(task)),
      )
      return row
    }),
  )
}

async function act(work) {
  message.textContent = ''
  try {
    await work()
    await refresh()
  } catch (error) {
    message.textContent = error.message
  }
}

form.addEventListener('submit', (event) => {
  event.preventDefault()
  void act(async () => {
    const answer = await call('/api/async/batch', { method: 'POST', body: new FormData(form) })
    form.reset()
    const failed = answer.failed_files.map(({ filename, error }) => `${filename}: ${error}`)
    message.textContent = failed.join('\n')
  })
})

async function watch() {
  await refresh().catch((error) => (message.textContent = error.message))
  setTimeout(watch, 3000)
}
void watch()

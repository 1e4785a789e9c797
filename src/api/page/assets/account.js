// Logs in or registers: the form says where to.
const form = document.querySelector('form')
const message = document.querySelector('[role=alert]')
const { root } = document.body.dataset

async function send(path) {
  const body = JSON.stringify(Object.fromEntries(new FormData(form)))
  const headers = { 'Content-Type': 'application/json' }
  const response = await fetch(`${root}/api/auth/${path}`, { method: 'POST', headers, body })
  const answer = await response.json()
  if (!response.ok) throw new Error(answer.detail)
}

async function submit() {
  message.textContent = ''
  try {
    if (form.dataset.action === 'register') await send('register')
    await send('login')
    location.assign(`${root}/`)
  } catch (error) {
    message.textContent = error.message
  }
}

form.addEventListener('submit', (event) => {
  event.preventDefault()
  void submit()
})

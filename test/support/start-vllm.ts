import { createVllmServer, type VllmServer } from '../../src/engines/vllm/vllm-server.ts'
import { serverOf } from './chat-requests.ts'
import type { FakeModelServer } from './fakes/fake-model-server.ts'
import { createFakeVllm, type FakeVllmOptions } from './fakes/fake-vllm.ts'

/** Starts a fake vLLM with dots.ocr, and a client for it; both end when it is disposed of. */
export async function startVllm(
  options: Partial<FakeVllmOptions> & {
    readonly stallMs?: number
    readonly askedModel?: string
  } = {},
): Promise<AsyncDisposable & { fake: FakeModelServer; vllm: VllmServer }> {
  const { stallMs, askedModel, ...fakeOptions } = options
  const fake = await createFakeVllm({ model: 'dots', ...fakeOptions })
  const vllm = createVllmServer(serverOf(fake, { model: askedModel ?? 'model' }), {
    settingName: 'OCR_DOTS_URL',
    modelSettingName: 'OCR_DOTS_MODEL',
    keySettingName: 'OCR_DOTS_API_KEY',
    deathMs: 900,
    ...(stallMs === undefined ? {} : { stallMs }),
  })
  return {
    fake,
    vllm,
    async [Symbol.asyncDispose]() {
      await vllm[Symbol.asyncDispose]()
      await fake[Symbol.asyncDispose]()
    },
  }
}

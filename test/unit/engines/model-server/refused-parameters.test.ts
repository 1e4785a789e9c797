import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { RefusedParameters } from '../../../../src/engines/model-server/refused-parameters.ts'

const reply = (body: unknown, status = 400) => ({ status, body, retryAfter: null })
const FIELDS = { temperature: 0, max_tokens: 9, repetition_detection: {}, top_p: 1 }

describe('RefusedParameters', () => {
  it('drops the parameter that a rejection names, in any of the usual forms', () => {
    const bodies: readonly (readonly [string, unknown])[] = [
      [
        'temperature',
        {
          error: {
            message: "Unsupported value: 'temperature' does not support 0 with this model.",
            param: 'temperature',
            code: 'unsupported_value',
          },
        },
      ],
      ['temperature', { error: 'temperature is not supported' }],
      ['repetition_detection', { detail: 'Unknown field: repetition_detection' }],
      [
        'repetition_detection',
        {
          detail: [
            { loc: ['body', 'repetition_detection'], msg: 'Extra inputs are not permitted' },
          ],
        },
      ],
      ['temperature', 'unexpected argument temperature'],
      ['temperature', { errors: { temperature: ['Unknown field.'] } }],
    ]

    for (const [name, body] of bodies) {
      const parameters = new RefusedParameters()
      assert.equal(parameters.learn(FIELDS, reply(body)), true)
      assert.ok(!(name in parameters.accepted(FIELDS)), name)
      assert.equal(Object.keys(parameters.accepted(FIELDS)).length, 3)
    }
  })

  it('drops a sampling parameter that a model takes with its own value only, in whatever words', () => {
    const bodies: readonly (readonly [string, unknown])[] = [
      // Kimi K2.6.
      [
        'temperature',
        {
          error: {
            message: 'invalid temperature: only 1 is allowed for this model',
            type: 'invalid_request_error',
          },
        },
      ],
      // Text Generation Inference.
      ['temperature', { error: 'Input validation error: `temperature` must be strictly positive' }],
      // Zhipu: "invalid".
      ['temperature', { error: { code: '1214', message: 'temperature 参数非法。请检查文档。' } }],
      // A gateway around what the service said.
      [
        'temperature',
        {
          error: {
            message: 'Provider returned error',
            metadata: { raw: '{"error":{"message":"invalid temperature: only 1 is allowed"}}' },
          },
        },
      ],
      ['temperature', { error: { message: 'Invalid value', param: 'temperature' } }],
      ['seed', { code: 20015, message: 'seed should be less than 1', data: null }],
    ]

    for (const [name, body] of bodies) {
      const parameters = new RefusedParameters()
      const fields = { ...FIELDS, seed: 2 }
      assert.equal(parameters.learn(fields, reply(body)), true, name)
      assert.deepEqual(
        Object.keys(parameters.accepted(fields)),
        Object.keys(fields).filter((field) => field !== name),
      )
    }
  })

  it('drops a token limit that is refused in other words', () => {
    const bodies: readonly unknown[] = [
      {
        error: {
          message: "Invalid parameter: use 'max_completion_tokens' instead of it",
          param: 'max_tokens',
        },
      },
      { error: { message: 'max_tokens is not recognized by this model' } },
      { code: 20015, message: '该模型不支持 max_tokens 参数', data: null },
    ]

    for (const body of bodies) {
      const parameters = new RefusedParameters()
      assert.equal(parameters.learn(FIELDS, reply(body)), true)
      assert.equal(parameters.accepted(FIELDS)['max_completion_tokens'], 9)
    }
  })

  it('drops the one that is meant where two are named', () => {
    const parameters = new RefusedParameters()
    const both = { max_tokens: 9, max_completion_tokens: 9 }
    const message =
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."

    parameters.learn(both, reply({ error: { message } }))

    assert.deepEqual(parameters.accepted(both), { max_completion_tokens: 9 })
  })

  it('keeps the token limit under its other name, and gives it up when both are refused', () => {
    const parameters = new RefusedParameters()
    parameters.learn({ max_tokens: 9 }, reply('max_tokens is not supported'))
    const renamed = parameters.accepted({ max_tokens: 9 })

    parameters.learn(renamed, reply('max_completion_tokens is not supported'))

    assert.deepEqual(renamed, { max_completion_tokens: 9 })
    assert.deepEqual(parameters.accepted({ max_tokens: 9 }), {})
  })

  it('drops nothing for another rejection', () => {
    const parameters = new RefusedParameters()
    const rejections = [
      reply('max_tokens is too large: 9'),
      reply('top_p is not supported'),
      reply('Unsupported image'),
      reply('max_completion_tokens is not supported'),
      reply('temperature is not supported', 500),
      reply('my_temperature_2 is not supported'),
      // The request, repeated.
      reply({ detail: 'The image is too large', input: { temperature: 0, max_tokens: 9 } }),
      reply({ error: { message: 'Invalid image in {"temperature": 0, "max_tokens": 9}' } }),
      reply("Cannot read {'temperature': 0.0, 'repetition_detection': {}}"),
      reply(null),
    ]

    assert.deepEqual(
      rejections.map((rejection) => parameters.learn(FIELDS, rejection)),
      rejections.map(() => false),
    )
    assert.deepEqual(parameters.accepted(FIELDS), FIELDS)
  })
})

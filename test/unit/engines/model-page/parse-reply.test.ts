import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { parseReply } from '../../../../src/engines/model-page/parse-reply.ts'

const page = (markdown: string, isRepaired = false) => ({ kind: 'page', markdown, isRepaired })

describe('parseReply', () => {
  const pages: readonly [what: string, reply: string, markdown: string, isRepaired?: boolean][] = [
    ['plain text', 'One line', 'One line'],
    ['CRLF and a byte order mark', '\ufeffA\r\nB\rC', 'A\nB\nC'],
    ['control characters', 'A\u0000B\u001b[31mC', 'AB[31mC'],
    ['half of a character', 'A\ud800B', 'A\ufffdB'],
    ['a fence', '```\n# T\n\ntext\n```', '# T\n\ntext'],
    ['a markdown fence', '```markdown\n# T\n```', '# T'],
    ['a fence around listings', '```md\na\n```js\nx\n```\nb\n```', 'a\n```js\nx\n```\nb'],
    ['a fence that is never closed', '```markdown\n# T\ntext', '# T\ntext'],
    ['a lead-in before a fence', 'Here is the text:\n\n```markdown\n# T\n```', '# T'],
    ['JSON with content', '{"content": "# T", "text": "no"}', '# T', true],
    ['JSON with text', '{"text": "第一行\\n第二行"}', '第一行\n第二行', true],
    ['JSON in a fence', '```json\n{"content": "$x$"}\n```', '$x$', true],
    ['a fence in JSON', '{"content": "```markdown\\n# T\\n```"}', '# T', true],
    ['markers', 'This is the content:\nA\nthis is the end of the content.', 'A', true],
    ['reasoning', '<think>Let me look.</think>\n\n# T', '# T'],
  ]
  for (const [what, reply, markdown, isRepaired] of pages) {
    it(`takes the page out of ${what}`, () => {
      assert.deepEqual(parseReply(reply), page(markdown, isRepaired))
    })
  }

  const untouched: readonly [what: string, reply: string][] = [
    ['two listings one after the other', '```\na\n```\nand\n```\nb\n```'],
    ['a listing in another language', '```python\nprint(1)\n```'],
    ['a listing after its caption', 'Example:\n```\nprint(1)\n```'],
    ['JSON that is printed on the page', '{"name": "value", "size": 3}'],
    ['printed JSON that has a text', '{"text": "第一行", "size": 3, "list": [1, 2]}'],
    ['printed JSON that has a content, in a listing', '{"type": "a", "content": "b"}'],
    ['a letter of apology', 'I am sorry, I cannot attend the meeting on Monday.\n\nYours, A.'],
    ['a Chinese letter of apology', '非常抱歉给您带来不便，我们将尽快退款。'],
    ['a page that says that it is blank', 'This page is intentionally left blank.'],
    ['a sentence about sorrow', 'Unfortunately the harvest failed that year.'],
    ['a request on a form', 'Please provide your name and address.'],
    ['scripts', '<script>alert(1)</script> [x](javascript:alert(1)) <img src=x onerror=alert(1)>'],
    [
      'commands of LaTeX',
      String.raw`$\href{javascript:alert(1)}{x}$ ![](http://evil.example/a.png)`,
    ],
  ]
  for (const [what, reply] of untouched) {
    it(`leaves ${what} as it is`, () => {
      assert.deepEqual(parseReply(reply), page(reply))
    })
  }

  const others: readonly [kind: string, replies: readonly string[]][] = [
    ['empty', ['', ' \n\t', '```\n```', '{"content": ""}', '<think>never ends']],
    [
      'no-text',
      [
        '[no text]',
        '```\n[no text]\n```',
        'No text.',
        '*Blank page*',
        'There is no text in the image.',
        'This page is blank.',
        '(empty)',
        '图片中没有文字。',
        '空白页',
        '页面空白',
      ],
    ],
    [
      'refusal',
      [
        "I'm sorry, but I can't assist with that request.",
        'I’m sorry, I can’t help with identifying people in images.',
        'Sorry, I am unable to process this image.',
        "I can't read the text in this image.",
        'I cannot extract the text.',
        "I don't see any image. Please upload it.",
        'As an AI language model, I cannot look at pictures.',
        'Unfortunately, I am not able to view the picture.',
        'Please upload the image you would like me to transcribe.',
        '抱歉，我无法识别这张图片。',
        '对不起，我不能提供帮助。',
        '作为一个人工智能，我无法查看图片。',
        '请上传图片。',
      ],
    ],
    [
      'unusable',
      [
        'null',
        '[]',
        '{}',
        '""',
        '<!DOCTYPE html><html><body>502 Bad Gateway</body></html>',
        '<html><head></head></html>',
        String.raw`{"content": "\alpha and more`,
        '{"text": "cut he',
        '{"content": null}',
        '{"text": {"a": 1}}',
      ],
    ],
  ]
  for (const [kind, replies] of others) {
    for (const reply of replies) {
      it(`tells that ${JSON.stringify(reply).slice(0, 50)} is ${kind}`, () => {
        assert.deepEqual(parseReply(reply), { kind })
      })
    }
  }

  it('takes no part of JSON that is cut for a page, wherever it is cut', () => {
    const whole = JSON.stringify({ content: 'The text of the page, with "quotes" and $x^2$.' })

    for (let length = 1; length < whole.length; length++) {
      assert.deepEqual(parseReply(whole.slice(0, length)), { kind: 'unusable' })
    }
  })

  it('takes any answer, and gives well-formed text without control characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (reply) => {
        const parsed = parseReply(reply)

        if (parsed.kind !== 'page') return
        assert.ok(parsed.markdown.isWellFormed() && parsed.markdown.trim() !== '')
        // oxlint-disable-next-line no-control-regex -- they are what is looked for.
        assert.doesNotMatch(parsed.markdown, /[\u0000-\u0008\u000b-\u001f]/)
      }),
    )
  })
})

/*
 * The prompts that dots.ocr and dots.mocr were trained on, to the byte: other words give other
 * answers. From rednote-hilab/dots.ocr, dots_ocr/utils/prompts.py, MIT licence,
 * Copyright (c) 2025 rednote-hilab.
 */

/** Asks for boxes, categories and text; it ends with a newline. */
export const LAYOUT_PROMPT = `Please output the layout information from the PDF image, including each layout element's bbox, its category, and the corresponding text content within the bbox.

1. Bbox format: [x1, y1, x2, y2]

2. Layout Categories: The possible categories are ['Caption', 'Footnote', 'Formula', 'List-item', 'Page-footer', 'Page-header', 'Picture', 'Section-header', 'Table', 'Text', 'Title'].

3. Text Extraction & Formatting Rules:
    - Picture: For the 'Picture' category, the text field should be omitted.
    - Formula: Format its text as LaTeX.
    - Table: Format its text as HTML.
    - All Others (Text, Title, etc.): Format their text as Markdown.

4. Constraints:
    - The output text must be the original text from the image, with no translation.
    - All layout elements must be sorted according to human reading order.

5. Final Output: The entire output must be a single JSON object.
`

/** Asks for boxes and categories. */
export const LAYOUT_ONLY_PROMPT =
  "Please output the layout information from this PDF image, including each layout's bbox and its category. The bbox should be in the format [x1, y1, x2, y2]. The layout categories for the PDF document include ['Caption', 'Footnote', 'Formula', 'List-item', 'Page-footer', 'Page-header', 'Picture', 'Section-header', 'Table', 'Text', 'Title']. Do not output the corresponding text. The layout result should be in JSON format."

/** Asks for the text of the page, less its header and footer. */
export const TEXT_PROMPT = 'Extract the text content from this image.'

/** Asks for the text inside a box, which follows; it ends with a newline. */
export const REGION_PROMPT =
  'Extract text from the given bounding box on the image (format: [x1, y1, x2, y2]).\nBounding Box:\n'

// Without it vLLM puts the image's placeholder and a newline before the prompt: one token more than
// the model was trained on (seen with vLLM 0.32 and `--chat-template-content-format string`).
const IMAGE_PLACEHOLDER = '<|img|><|imgpad|><|endofimg|>'

/** A prompt as it is sent beside an image: the image's placeholder, then the words. */
export function besideImage(prompt: string): string {
  return `${IMAGE_PLACEHOLDER}${prompt}`
}

/** Asks for the text inside `box`, which is in pixels of the image that is sent. */
export function regionPrompt(box: readonly number[]): string {
  // As Python prints a list.
  return `${REGION_PROMPT}[${box.join(', ')}]`
}

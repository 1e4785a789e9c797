"""Writes two tiny models for vLLM: TinyDots (DotsOCRForCausalLM) and TinyDeepseekOCR (DeepseekOCRForCausalLM).

They hold a byte tokenizer and a configuration, no weights: vLLM invents those (--load-format dummy).
Such a server speaks the protocol of the real model and counts tokens as it does; its words mean nothing.

Usage: python tiny_vllm_models.py DIRECTORY          (needs the package tokenizers)
"""

import json
import sys
from pathlib import Path

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

CLIP_MEAN = [0.48145466, 0.4578275, 0.40821073]
CLIP_STD = [0.26862954, 0.26130258, 0.27577711]

DOTS_TOKENS = [
    "<|endoftext|>",
    "<|user|>",
    "<|endofuser|>",
    "<|assistant|>",
    "<|endofassistant|>",
    "<|img|>",
    "<|imgpad|>",
    "<|endofimg|>",
    "<|video_pad|>",
]
DEEPSEEK_TOKENS = ["<bos>", "<eos>", "<pad>", "<image>", "<|grounding|>", "<|ref|>", "<|/ref|>", "<|det|>", "<|/det|>"]


def byte_tokenizer(special_tokens):
    """A BPE tokenizer without merges: one token per byte, then the special tokens."""
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(models.BPE(vocab={letter: i for i, letter in enumerate(letters)}, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in special_tokens])
    return tokenizer


def write_json(path, content):
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def write_tokenizer(directory, special_tokens, settings):
    tokenizer = byte_tokenizer(special_tokens)
    directory.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(directory / "tokenizer.json"))
    write_json(
        directory / "tokenizer_config.json",
        {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": 131072, **settings},
    )
    return tokenizer


def write_dots(directory):
    tokenizer = write_tokenizer(
        directory,
        DOTS_TOKENS,
        {
            "eos_token": "<|endofassistant|>",
            "pad_token": "<|endoftext|>",
            "chat_template": "{% for m in messages %}<|user|>{{ m.content }}<|endofuser|>{% endfor %}<|assistant|>",
        },
    )
    write_json(
        directory / "config.json",
        {
            "architectures": ["DotsOCRForCausalLM"],
            "model_type": "dots_ocr",
            "auto_map": {"AutoConfig": "configuration_dots.DotsOCRConfig"},
            "attention_bias": True,
            "hidden_size": 128,
            "intermediate_size": 256,
            "num_hidden_layers": 2,
            "num_attention_heads": 4,
            "num_key_value_heads": 2,
            "max_position_embeddings": 131072,
            "rope_theta": 1000000,
            "torch_dtype": "bfloat16",
            "tie_word_embeddings": False,
            "vocab_size": tokenizer.get_vocab_size(),
            "image_token_id": tokenizer.token_to_id("<|imgpad|>"),
            "video_token_id": tokenizer.token_to_id("<|video_pad|>"),
            "eos_token_id": tokenizer.token_to_id("<|endofassistant|>"),
            "vision_config": {
                "embed_dim": 64,
                "hidden_size": 128,
                "intermediate_size": 128,
                "num_hidden_layers": 1,
                "num_attention_heads": 2,
            },
        },
    )
    write_json(
        directory / "preprocessor_config.json",
        {
            "image_processor_type": "Qwen2VLImageProcessor",
            "processor_class": "Qwen2VLProcessor",
            "min_pixels": 3136,
            "max_pixels": 11289600,
            "patch_size": 14,
            "temporal_patch_size": 1,
            "merge_size": 2,
            "image_mean": CLIP_MEAN,
            "image_std": CLIP_STD,
        },
    )
    (directory / "configuration_dots.py").write_text(
        "from vllm.transformers_utils.configs import dotsocr\n\n\nclass DotsOCRConfig(dotsocr.DotsOCRConfig):\n    pass\n",
        encoding="utf-8",
    )


def write_deepseek(directory):
    tokenizer = write_tokenizer(
        directory, DEEPSEEK_TOKENS, {"bos_token": "<bos>", "eos_token": "<eos>", "pad_token": "<pad>"}
    )
    write_json(
        directory / "config.json",
        {
            "architectures": ["DeepseekOCRForCausalLM"],
            "model_type": "deepseek_vl_v2",
            "candidate_resolutions": [[1024, 1024]],
            "global_view_pos": "head",
            "tile_tag": "2D",
            "torch_dtype": "bfloat16",
            "language_config": {
                "architectures": ["DeepseekV2ForCausalLM"],
                "bos_token_id": tokenizer.token_to_id("<bos>"),
                "eos_token_id": tokenizer.token_to_id("<eos>"),
                "hidden_size": 128,
                "intermediate_size": 256,
                "moe_intermediate_size": 64,
                "num_hidden_layers": 2,
                "first_k_dense_replace": 2,
                # Not used, all layers being dense; vLLM still fails on null.
                "n_routed_experts": 4,
                "n_shared_experts": 1,
                "num_experts_per_tok": 1,
                "n_group": 1,
                "topk_group": 1,
                "topk_method": "greedy",
                "num_attention_heads": 4,
                "num_key_value_heads": 4,
                "kv_lora_rank": None,
                "q_lora_rank": None,
                "qk_nope_head_dim": 0,
                "qk_rope_head_dim": 0,
                "v_head_dim": 0,
                "use_mla": False,
                "lm_head": True,
                "max_position_embeddings": 8192,
                "vocab_size": tokenizer.get_vocab_size(),
            },
            "projector_config": {
                "input_dim": 2048,
                "model_type": "mlp_projector",
                "n_embed": 128,
                "projector_type": "linear",
            },
            "vision_config": {"image_size": 1024, "model_name": "deeplip_b_l", "model_type": "vision"},
        },
    )
    write_json(
        directory / "processor_config.json",
        {
            "processor_class": "DeepseekOCRProcessor",
            "image_token": "<image>",
            "patch_size": 16,
            "downsample_ratio": 4,
            "image_mean": [0.5, 0.5, 0.5],
            "image_std": [0.5, 0.5, 0.5],
            "normalize": True,
        },
    )


if __name__ == "__main__":
    target = Path(sys.argv[1])
    write_dots(target / "TinyDots")
    write_deepseek(target / "TinyDeepseekOCR")

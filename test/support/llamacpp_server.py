"""
A real server of llama.cpp (xllamacpp from PyPI is its C++ server in a Python process), and a model of 300 kB with random weights for it.
real-llamacpp.ts starts it:

    llamacpp_server.py model PATH             writes the model
    llamacpp_server.py serve PATH SETTINGS    serves it until the process ends; SETTINGS are fields of CommonParams, as JSON
"""

import json
import signal
import sys

EMBEDDING, FEED_FORWARD, CONTEXT = 64, 128, 131_072
WORDS = ["▁the", "▁cat", "▁sat", "▁on", "▁a", "▁mat", "▁hi"]
NORMAL, UNKNOWN, CONTROL, BYTE = 1, 2, 3, 6


def write_model(path):
    import gguf
    import numpy

    random = numpy.random.default_rng(1)
    tokens = ["<unk>", "<s>", "</s>"] + [f"<0x{byte:02X}>" for byte in range(256)] + WORDS
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(EMBEDDING)
    writer.add_block_count(1)
    writer.add_feed_forward_length(FEED_FORWARD)
    writer.add_head_count(4)
    writer.add_head_count_kv(4)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(EMBEDDING // 4)
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)
    writer.add_tokenizer_model("llama")
    writer.add_token_list([token.encode() for token in tokens])
    writer.add_token_scores([0.0] * len(tokens))
    writer.add_token_types([UNKNOWN, CONTROL, CONTROL] + [BYTE] * 256 + [NORMAL] * len(WORDS))
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)
    matrices = {
        "token_embd": (len(tokens), EMBEDDING),
        "output": (len(tokens), EMBEDDING),
        **{f"blk.0.attn_{name}": (EMBEDDING, EMBEDDING) for name in ("q", "k", "v", "output")},
        "blk.0.ffn_gate": (FEED_FORWARD, EMBEDDING),
        "blk.0.ffn_up": (FEED_FORWARD, EMBEDDING),
        "blk.0.ffn_down": (EMBEDDING, FEED_FORWARD),
    }
    for name, shape in matrices.items():
        writer.add_tensor(f"{name}.weight", (random.standard_normal(shape) * 0.02).astype(numpy.float32))
    for name in ("output_norm", "blk.0.attn_norm", "blk.0.ffn_norm"):
        writer.add_tensor(f"{name}.weight", numpy.ones(EMBEDDING, numpy.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def serve(path, settings):
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = path
    params.cpuparams.n_threads = 1
    for name, value in settings.items():
        setattr(params, name, value)
    server = xllamacpp.Server(params)  # listens at once, and returns when the model is loaded
    signal.pause()
    del server


if sys.argv[1] == "model":
    write_model(sys.argv[2])
else:
    serve(sys.argv[2], json.loads(sys.argv[3]))

"""Reads a TensorBoard event file and prints one JSON object a line: each event, with the names of its fields.

Written from the published formats alone (TFRecord; event.proto, summary.proto, tensor.proto, tensor_shape.proto of TensorFlow; api.proto and
plugin_data.proto of the hparams plugin; struct.proto of protobuf), with Python's standard library, so that the writer is not judged by a
reader that shares its mistakes. It refuses what it does not know: a field that no .proto file has, bytes that are left over, a wrong checksum.
"""

import json
import struct
import sys

# message: number -> (name, kind, is repeated)
SCHEMA = {
    "Event": {
        1: ("wall_time", "double", False),
        2: ("step", "int64", False),
        3: ("file_version", "string", False),
        5: ("summary", "Summary", False),
        7: ("session_log", "SessionLog", False),
        10: ("source_metadata", "SourceMetadata", False),
    },
    "SourceMetadata": {1: ("writer", "string", False)},
    "SessionLog": {1: ("status", "int64", False)},
    "Summary": {1: ("value", "Value", True)},
    "Value": {
        1: ("tag", "string", False),
        2: ("simple_value", "float", False),
        8: ("tensor", "TensorProto", False),
        9: ("metadata", "SummaryMetadata", False),
    },
    "SummaryMetadata": {1: ("plugin_data", "PluginData", False), 4: ("data_class", "int64", False)},
    "PluginData": {1: ("plugin_name", "string", False), 2: ("content", "bytes", False)},
    "TensorProto": {
        1: ("dtype", "int64", False),
        2: ("tensor_shape", "TensorShapeProto", False),
        4: ("tensor_content", "bytes", False),
        8: ("string_val", "string", True),
    },
    "TensorShapeProto": {2: ("dim", "Dim", True)},
    "Dim": {1: ("size", "int64", False)},
    "HParamsPluginData": {
        2: ("experiment", "Experiment", False),
        3: ("session_start_info", "SessionStartInfo", False),
        4: ("session_end_info", "SessionEndInfo", False),
    },
    "Experiment": {
        3: ("time_created_secs", "double", False),
        4: ("hparam_infos", "HParamInfo", True),
        5: ("metric_infos", "MetricInfo", True),
    },
    "HParamInfo": {1: ("name", "string", False), 4: ("type", "int64", False)},
    "MetricInfo": {1: ("name", "MetricName", False)},
    "MetricName": {2: ("tag", "string", False)},
    "SessionStartInfo": {
        1: ("hparams", "Entry", True),
        4: ("group_name", "string", False),
        5: ("start_time_secs", "double", False),
    },
    "Entry": {1: ("key", "string", False), 2: ("value", "StructValue", False)},
    "StructValue": {
        2: ("number_value", "double", False),
        3: ("string_value", "string", False),
        4: ("bool_value", "bool", False),
    },
    "SessionEndInfo": {1: ("status", "int64", False), 2: ("end_time_secs", "double", False)},
}

WIRE = {"double": 1, "float": 5, "int64": 0, "bool": 0}


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def masked(data):
    crc = crc32c(data)
    return (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF


def records(data):
    at = 0
    while at < len(data):
        length, length_crc = struct.unpack_from("<QI", data, at)
        assert masked(data[at : at + 8]) == length_crc, f"checksum of the length at byte {at}"
        body = data[at + 12 : at + 12 + length]
        (body_crc,) = struct.unpack_from("<I", data, at + 12 + length)
        assert masked(body) == body_crc, f"checksum of the record at byte {at}"
        yield body
        at += 16 + length


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at


def decode(data, message):
    fields = SCHEMA[message]
    result = {}
    at = 0
    while at < len(data):
        key, at = varint(data, at)
        name, kind, repeated = fields[key >> 3]
        assert key & 7 == WIRE.get(kind, 2), f"wire type of {message}.{name}"
        if kind in ("int64", "bool"):
            value, at = varint(data, at)
            value = bool(value) if kind == "bool" else value - (1 << 64) if value >> 63 else value
        elif kind in ("double", "float"):
            size = 8 if kind == "double" else 4
            (value,) = struct.unpack_from("<d" if kind == "double" else "<f", data, at)
            at += size
        else:
            length, at = varint(data, at)
            body = data[at : at + length]
            assert len(body) == length, f"{message}.{name} is longer than its message"
            at += length
            value = body.decode("utf-8") if kind == "string" else body if kind == "bytes" else decode(body, kind)
        if repeated:
            result.setdefault(name, []).append(value)
        else:
            assert name not in result, f"{message}.{name} twice"
            result[name] = value
    return result


def readable(event):
    for value in event.get("summary", {}).get("value", []):
        tensor = value.get("tensor", {})
        if "tensor_content" in tensor:
            letter = {1: "f", 2: "d"}[tensor["dtype"]]
            content = tensor.pop("tensor_content")
            numbers = [number for (number,) in struct.iter_unpack("<" + letter, content)]
            sizes = [dim.get("size", 0) for dim in tensor["tensor_shape"].get("dim", [])]
            product = 1
            for size in sizes:
                product *= size
            assert product == len(numbers), "a tensor's shape and its numbers"
            tensor["shape"] = sizes
            tensor["numbers"] = numbers
        plugin = value.get("metadata", {}).get("plugin_data", {})
        if plugin.get("plugin_name") == "hparams":
            plugin["content"] = decode(plugin["content"], "HParamsPluginData")
    return event


with open(sys.argv[1], "rb") as file:
    for record in records(file.read()):
        print(json.dumps(readable(decode(record, "Event"))))

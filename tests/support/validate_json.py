#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Validates a JSON file: validate_json.py SCHEMA FILE. Exit 0 valid, 1 not (said where), 77 cannot tell."""
import json
import sys

try:
    import jsonschema
except ImportError:
    print("python3-jsonschema is not installed")
    sys.exit(77)


def refuse(constant):
    raise ValueError(f"{constant} is no JSON")


with open(sys.argv[1], encoding="utf-8") as file:
    schema = json.load(file)
with open(sys.argv[2], encoding="utf-8") as file:
    document = json.load(file, parse_constant=refuse)
validator = jsonschema.validators.validator_for(schema)
validator.check_schema(schema)
errors = list(validator(schema).iter_errors(document))
for error in errors:
    print("/".join(str(part) for part in error.absolute_path), ":", error.message)
sys.exit(1 if errors else 0)

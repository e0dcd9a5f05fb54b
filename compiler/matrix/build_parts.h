// The parts of a Build that have a form of their own: secrets, ulimits, hosts, tests.
#pragma once

#include "compiler/matrix/matrix.h"
#include "compiler/matrix/node_reader.h"

#include <vector>

namespace mabplan::compiler {

// A list of ids or {source, target, uid, gid, mode}; mode is octal, as in compose.
std::vector<SecretUse> read_secret_uses(const YamlEntry& entry, NodeReader& reader);
// {nofile: 1024} or {nofile: {soft, hard}}; -1 is no limit.
std::vector<Ulimit> read_ulimits(const YamlEntry& entry, NodeReader& reader);
// A list of {run, stdout, stderr, exit_code}; `run` is a list of words, or one text for /bin/sh -c.
std::vector<TestCase> read_tests(const YamlEntry& entry, NodeReader& reader);
// Names to addresses; an IPv6 address may stand in brackets.
Settings read_extra_hosts(const YamlEntry& entry, NodeReader& reader);

}  // namespace mabplan::compiler

// The top-level keys of mabplan.yaml beside targets and groups: secrets, registries, cache, reproducible. The nodes are interpolated.
#pragma once

#include "compiler/matrix/matrix.h"
#include "compiler/matrix/node_reader.h"

#include <vector>

namespace mabplan::compiler {

// {npmrc: {file: ~/.npmrc}, token: {environment: NPM_TOKEN}}
std::vector<SecretSource> read_secrets(const YamlEntry& entry, NodeReader& reader);
// {docker.io: {mirrors: […], http, insecure, ca: […], keypair: [{key, cert}]}}: the keys of buildkitd.toml
std::vector<RegistryOptions> read_registries(const YamlEntry& entry, NodeReader& reader);
// {max_size: 20GB}; decimal units
std::optional<std::uint64_t> read_cache(const YamlEntry& entry, NodeReader& reader);
// on, off (true, false), or {source_date_epoch: SECONDS or git, noise: drop or keep, lock, compression}
Reproducible read_reproducible(const YamlEntry& entry, NodeReader& reader);

}  // namespace mabplan::compiler

#include "compiler/matrix/keys.h"

#include <vector>

namespace mabplan::compiler {

namespace {

std::vector<std::string> all_target_keys() {
    std::vector<std::string> keys = {"context",    "dockerfile",  "dockerfile_inline", "target", "args",    "additional_contexts",
                                     "labels",     "annotations", "secrets",           "ssh",    "network", "extra_hosts",
                                     "shm_size",   "ulimits",     "no_cache",          "pull",   "timeout", "test",
                                     "cache_from", "cache_to",    "provenance",        "sbom"};
    for (const std::string& key : target_only_keys()) keys.push_back(key);
    return keys;
}

}  // namespace

std::span<const std::string> root_keys() {
    static const std::vector<std::string> keys = {"version", "name",       "platforms", "targets",     "groups",
                                                  "secrets", "registries", "cache",     "reproducible"};
    return keys;
}

std::span<const std::string> target_only_keys() {
    static const std::vector<std::string> keys = {"image", "tags", "platforms", "matrix", "extends", "depends_on", "output"};
    return keys;
}

std::span<const std::string> target_keys() {
    static const std::vector<std::string> keys = all_target_keys();
    return keys;
}

std::span<const std::string> platform_entry_keys() {
    static const std::vector<std::string> keys = {"platform", "runner", "optional", "args", "dockerfile", "target", "additional_contexts"};
    return keys;
}

const Synonyms& root_synonyms() {
    static const Synonyms synonyms = {
        {"services", "targets are declared under \"targets\""},
        {"target", "did you mean \"targets\"?"},
        {"group", "did you mean \"groups\"?"},
        {"variable", "variables come from the environment: ${NAME:-default}"},
    };
    return synonyms;
}

const Synonyms& target_synonyms() {
    static const Synonyms synonyms = {
        {"inherits", "did you mean \"extends\"?"},
        {"contexts", "did you mean \"additional_contexts\"?"},
        {"build", "the keys of compose's \"build\" stand in the target itself"},
        {"build_args", "did you mean \"args\"?"},
        {"build-args", "did you mean \"args\"?"},
        {"privileged", "no build is privileged here"},
        {"entitlements", "no build is privileged here"},
        {"isolation", "no build is privileged here"},
    };
    return synonyms;
}

}  // namespace mabplan::compiler

// The image configuration as a stage shapes it, instruction by instruction (image-spec, config.md; Docker's extensions Healthcheck,
// Shell, OnBuild, ArgsEscaped left out). Starts from that of the base image, whose unknown fields survive.
#pragma once

#include "compiler/lower/environment_list.h"
#include "plans/oci/image_config.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace mabplan::compiler {

class ConfigDraft {
public:
    ConfigDraft() = default;
    explicit ConfigDraft(const ImageConfig& base);

    EnvironmentList environment;
    std::string user;
    std::string working_dir;
    std::optional<std::vector<std::string>> entrypoint;
    std::optional<std::vector<std::string>> cmd;
    std::vector<std::string> shell;  // empty: the default
    std::string stop_signal;
    std::string author;
    std::optional<std::string> healthcheck;  // as JSON
    std::map<std::string, std::string> labels;
    std::set<std::string> exposed_ports;  // "80/tcp"
    std::set<std::string> volumes;
    std::vector<std::string> on_build;

    // The document: the base's with these values in place, keys sorted, for the platform. rootfs and history are the base's.
    std::string render(const Platform& platform) const;

private:
    std::string base_json_;
};

}  // namespace mabplan::compiler

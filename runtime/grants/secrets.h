// Values of secrets, by id. They live in the memory of this process and of the step that is given them, and nowhere else.
#pragma once

#include "plans/model/plan.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace mabplan::runtime {

// What of the user's environment a run goes by. Given, since nothing here reads it.
struct UserEnvironment {
    std::map<std::string, std::string> variables = {};  // that secrets are taken from
    std::string home = {};                              // what "~" stands for; empty: nothing
    std::string agent_socket = {};                      // of the ssh agent; empty if there is none
};

class Secrets {
public:
    // Of two sources of one id the first counts. Paths are relative to the folder.
    Secrets(std::vector<SecretSource> sources, std::string folder, UserEnvironment user = {})
        : sources_(std::move(sources)), folder_(std::move(folder)), user_(std::move(user)) {}

    // Every file that is named is there and small enough, whether or not a command is going to read it. An Input error otherwise.
    Status check_files() const;
    // Reads what a command needs. An Input error if it requires it and there is no source, or if the source can't be read.
    // A variable that is not set is empty where nothing requires it, as for BuildKit.
    Status load(const SecretMount& secret);
    // Nothing if there is no such secret. After load().
    const std::string* find(const std::string& id) const;

private:
    const SecretSource* source(const std::string& id) const;
    Result<std::string> read(const SecretSource& source) const;
    std::optional<std::string> variable(const std::string& name) const;

    std::vector<SecretSource> sources_;
    std::string folder_;
    UserEnvironment user_;
    std::map<std::string, std::string> values_;
};

// "~/x": in the folder of the user.
std::string expand_home(const std::string& path, const std::string& home);

}  // namespace mabplan::runtime

// Which ignore file holds for a folder, and what it says; each is read once per compilation. Docker's names go before podman's.
#pragma once

#include "compiler/lower/remarks.h"
#include "compiler/ports/project_files.h"
#include "plans/tree/pattern.h"

#include <map>
#include <string>
#include <utility>

namespace mabplan::compiler {

struct IgnoreFile {
    std::string name = ".dockerignore";  // for messages
    PatternList patterns;                // none if there is no such file
};

class IgnoreFiles {
public:
    IgnoreFiles(ProjectFiles& files, Remarks& remarks) : files_(files), remarks_(remarks) {}

    // Of the folder. `dockerfile`: the path of the Dockerfile that is built from it, if that is a file of this host; one that has its
    // own ignore file beside it ("web.Dockerfile.dockerignore") is built with that alone. Input errors with their places.
    Result<IgnoreFile> of(const std::string& folder, const std::string& dockerfile);

private:
    Result<std::optional<IgnoreFile>> read_beside(const std::string& dockerfile, const std::string& folder);
    Result<std::optional<IgnoreFile>> read(const std::string& folder, const std::string& prefix);
    Result<std::optional<IgnoreFile>> read_one(const std::string& folder, const std::string& path);

    ProjectFiles& files_;
    Remarks& remarks_;
    std::map<std::pair<std::string, std::string>, IgnoreFile> known_;
};

}  // namespace mabplan::compiler

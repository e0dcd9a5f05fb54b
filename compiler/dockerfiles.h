// The Dockerfiles of a compilation, each read once: from the disk, from a remote context, or out of the matrix itself.
#pragma once

#include "compiler/dockerfile/parser.h"
#include "compiler/lower/remote_contexts.h"
#include "compiler/matrix/matrix.h"
#include "compiler/ports/project_files.h"
#include "compiler/stages/stage_graph.h"

#include <map>
#include <memory>
#include <optional>
#include <string>

namespace mabplan::compiler {

// A Dockerfile that was read, with its stages pointing into it. One with mistakes is kept as well, without stages.
struct ReadDockerfile {
    std::string path;
    PartialDockerfile read;
    StageGraph graph;
};

class Dockerfiles {
public:
    Dockerfiles(ProjectFiles& files, RemoteContexts& contexts) : files_(files), contexts_(contexts) {}

    // That of a build: the same object for all that share it.
    Checked<const ReadDockerfile*> read(const Build& build);

private:
    Status check_context(const Build& build);
    Checked<const ReadDockerfile*> read_inline(const Build& build);
    Checked<const ReadDockerfile*> read_remote(const Build& build);
    Checked<const ReadDockerfile*> parse(std::string key, std::string path, std::string text, const Build& build);

    ProjectFiles& files_;
    RemoteContexts& contexts_;
    std::map<std::string, std::unique_ptr<ReadDockerfile>> read_;
};

}  // namespace mabplan::compiler

// The Dockerfiles of a compilation, each read once: from the disk, from a remote context, from behind a URL, or out of the matrix itself.
// Where none is named docker's names go before podman's.
#pragma once

#include "compiler/dockerfile/parser.h"
#include "compiler/lower/cell_lowering.h"
#include "compiler/lower/remarks.h"
#include "compiler/lower/remote_contexts.h"
#include "compiler/matrix/matrix.h"
#include "compiler/ports/project_files.h"
#include "compiler/stages/stage_graph.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace mabplan::compiler {

// A Dockerfile that was read, with its stages pointing into it. One with mistakes is kept as well, without stages.
struct ReadDockerfile {
    std::string path;
    DockerfileHome home = DockerfileHome::Host;
    PartialDockerfile read;
    StageGraph graph;
};

class Dockerfiles {
public:
    Dockerfiles(ProjectFiles& files, RemoteContexts& contexts, Remarks& remarks) : files_(files), contexts_(contexts), remarks_(remarks) {}

    // That of a build: the same object for all that share it.
    Checked<const ReadDockerfile*> read(const Build& build);

private:
    struct Text {
        std::string key;  // in `read_`
        std::string path;
        std::string content;
        DockerfileHome home = DockerfileHome::Elsewhere;
    };
    Status check_context(const Build& build);
    Checked<const ReadDockerfile*> read_inline(const Build& build);
    Checked<const ReadDockerfile*> read_url(const Build& build);
    Checked<const ReadDockerfile*> read_remote(const Build& build);
    Checked<const ReadDockerfile*> read_from(const RemoteContext& context, const Build& build);
    Checked<const ReadDockerfile*> read_local(const Build& build);
    Checked<const ReadDockerfile*> parse(Text text, const Build& build);
    bool is_folder(const std::string& path);
    void say_which(const Build& build, std::string_view name, const std::string& path);

    ProjectFiles& files_;
    RemoteContexts& contexts_;
    Remarks& remarks_;
    std::map<std::string, std::unique_ptr<ReadDockerfile>> read_;
};

}  // namespace mabplan::compiler

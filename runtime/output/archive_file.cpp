#include "runtime/output/archive_file.h"

#include "plans/base/text.h"
#include "runtime/sys/file.h"
#include "runtime/sys/stopped_stream.h"
#include "runtime/sys/temporary.h"

#include <unistd.h>

namespace mabplan::runtime {

Status write_archive(const std::string& path, const Stop* stop, const std::function<Status(ByteSink&)>& produce) {
    if (path == "-") {
        const auto sink = write_to(STDOUT_FILENO, "standard output", stop);
        return produce(*sink);
    }
    MABPLAN_CHECK(make_directories(std::string(parent_path(path))));
    sweep_beside(path);
    MABPLAN_TRY(file, PendingFile::beside(path));
    StoppedSink heeding(file, stop);
    MABPLAN_CHECK(produce(heeding));
    return file.publish(path, Durability::Cached);
}

}  // namespace mabplan::runtime

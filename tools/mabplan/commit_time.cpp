#include "tools/mabplan/commit_time.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/sources/git_program.h"
#include "tools/mabplan/process.h"

namespace mabplan::tools {

Result<std::uint64_t> commit_time(const std::string& folder, const runtime::Store& store, const runtime::Stop& stop) {
    runtime::GitOptions options;
    options.folders = program_folders();
    options.stop = [&stop] { return stop.is_stopped(); };
    options.on_disk = true;
    MABPLAN_TRY(git, runtime::GitProgram::open(std::move(options), store.scratch() + "/git-time"));
    // a checkout of another user is read, not trusted: this asks for a number, and what is missing is not fetched by a program of its
    // settings
    auto answer = git.run(folder, {"-c", "safe.directory=*", "rev-list", "--max-count=1", "--timestamp", "HEAD"},
                          "asking for the time of the commit");
    if (!answer && answer.error().kind == ErrorKind::Interrupted) return pass(std::move(answer).error());
    if (!answer)
        return fail(ErrorKind::Input, format("source_date_epoch is git, and {} is at no commit of a repository", quoted(folder)),
                    "give seconds since 1970, or leave it out", std::move(answer).error().detail);
    const auto seconds = parse_unsigned(split(trim(*answer), ' ').front());
    if (!seconds) return fail(ErrorKind::Internal, format("git told {} as the time of a commit", quoted(trim(*answer))));
    return *seconds;
}

}  // namespace mabplan::tools

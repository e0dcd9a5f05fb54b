#include "runtime/copy/context_source.h"

#include "plans/base/text.h"

namespace mabplan::runtime {

ContextSource::ContextSource(std::string project_folder, StatCachePlace stat_cache, int jobs)
    : project_folder_(std::move(project_folder)), cache_(std::move(stat_cache)), jobs_(jobs) {}

ContextSource::~ContextSource() = default;

Result<std::unique_ptr<LocalTree>> ContextSource::open(const BuildContext& context) {
    return open_local_tree(join_path(project_folder_, context.path), cache_, jobs_);
}

Status ContextSource::save() { return cache_.save(); }

}  // namespace mabplan::runtime

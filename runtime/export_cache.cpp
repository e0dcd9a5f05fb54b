#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/cache_exchange.h"
#include "runtime/exchange_document.h"
#include "runtime/exec/action_cache.h"
#include "runtime/layer/layer_diff.h"
#include "runtime/layer/tar_writer.h"
#include "runtime/snapshot/snapshot_store.h"
#include "runtime/store/store_usage.h"
#include "runtime/store/waited_lock.h"
#include "runtime/sys/file.h"
#include "runtime/sys/file_clock.h"
#include "runtime/sys/folder_reader.h"
#include "runtime/sys/stopped_stream.h"
#include "runtime/sys/temporary.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

namespace mabplan::runtime {

namespace {

// Where an export goes. `name`: below its top.
class ExportPlace {
public:
    virtual ~ExportPlace() = default;
    // Not written again where the place has it.
    virtual Status put(const std::string& name, std::uint64_t size, ByteSource& bytes) = 0;
    virtual Status finish(const std::string& document) = 0;
};

class ExportFolder final : public ExportPlace {
public:
    // What is in the folder that is no export is others'. A document stands there from the first moment on, and is refused until it is
    // whole.
    static Result<ExportFolder> open(const std::string& folder) {
        MABPLAN_CHECK(make_directories(folder));
        MABPLAN_TRY(lock, open_file(folder, O_RDONLY | O_DIRECTORY));
        MABPLAN_TRY(locked, try_lock(lock, LOCK_EX, folder));
        if (!locked) return fail(ErrorKind::Input, format("another export is being written to {}", quoted(folder)));
        sweep_unfinished(folder);
        MABPLAN_TRY(names, list_names(folder));
        const std::string document = format("{}/{}", folder, kExchangeFile);
        if (!names.empty() && !path_exists(document))
            return fail(ErrorKind::Input, format("{} is not empty and holds no exported cache", quoted(folder)),
                        "name a new folder, or an empty one");
        if (names.empty()) MABPLAN_CHECK(write_file(document, "{}\n"));
        for (const std::string_view inner : {kBlobFolder, kMountFolder}) {
            MABPLAN_CHECK(make_directories(format("{}/{}", folder, inner)));
            sweep_unfinished(format("{}/{}", folder, inner));
        }
        return ExportFolder(folder, std::move(lock));
    }

    Status put(const std::string& name, std::uint64_t size, ByteSource& bytes) override {
        kept_.insert(name);
        const std::string path = format("{}/{}", folder_, name);
        struct stat facts {};
        if (::lstat(path.c_str(), &facts) == 0 && S_ISREG(facts.st_mode) && static_cast<std::uint64_t>(facts.st_size) == size) return {};
        MABPLAN_TRY(file, PendingFile::beside(path));
        MABPLAN_CHECK(copy_bytes(bytes, file));
        MABPLAN_CHECK(file.sync());
        return file.publish(path, Durability::Cached);
    }

    Status finish(const std::string& document) override {
        MABPLAN_CHECK(write_file(format("{}/{}", folder_, kExchangeFile), document));
        for (const std::string_view inner : {kBlobFolder, kMountFolder}) {
            MABPLAN_TRY(names, list_names(format("{}/{}", folder_, inner)));
            for (const std::string& name : names)
                if (!kept_.contains(format("{}/{}", inner, name))) MABPLAN_CHECK(remove_tree(format("{}/{}/{}", folder_, inner, name)));
        }
        return {};
    }

private:
    ExportFolder(std::string folder, Fd lock) : folder_(std::move(folder)), lock_(std::move(lock)) {}
    std::string folder_;
    Fd lock_;
    std::set<std::string> kept_;
};

class ExportTar final : public ExportPlace {
public:
    explicit ExportTar(ByteSink& out) : tar_(out) {}

    Status put(const std::string& name, std::uint64_t size, ByteSource& bytes) override {
        if (!put_.insert(name).second) return {};
        MABPLAN_CHECK(tar_.begin(file_entry(name, size)));
        TarContent content(tar_);
        MABPLAN_CHECK(copy_bytes(bytes, content));
        return {};
    }
    Status finish(const std::string& document) override {
        MABPLAN_CHECK(tar_.begin(file_entry(std::string(kExchangeFile), document.size())));
        MABPLAN_CHECK(tar_.write(document));
        return tar_.finish();
    }

private:
    static LayerEntry file_entry(std::string path, std::uint64_t size) {
        LayerEntry entry;
        entry.path = std::move(path);
        entry.entry.type = FileType::File;
        entry.entry.mode = 0644;
        entry.entry.size = size;
        return entry;
    }

    TarWriter tar_;
    std::set<std::string> put_;
};

// A text as a source.
class TextSource final : public ByteSource {
public:
    explicit TextSource(const std::string& text) : rest_(text) {}
    Result<std::size_t> read(std::span<char> buffer) override {
        const std::size_t count = std::min(buffer.size(), rest_.size());
        std::copy_n(rest_.begin(), count, buffer.begin());
        rest_.remove_prefix(count);
        return count;
    }

private:
    std::string_view rest_;
};

class CacheExport {
public:
    CacheExport(Store& store, const ExportChoice& choice, ExportPlace& place, const Stop& stop)
        : store_(store), choice_(choice), place_(place), stop_(stop), snapshots_(store.root(), store.scratch()) {}

    Result<ExchangeReport> run() {
        MABPLAN_CHECK(store_.records().flush());
        MABPLAN_CHECK(collect_results());
        MABPLAN_CHECK(put_layers());
        MABPLAN_CHECK(put_others());
        if (choice_.mounts) MABPLAN_CHECK(put_mounts());
        if (choice_.plan == nullptr) {
            MABPLAN_TRY(remote, store_.records().remote_answers());
            document_.remote = std::move(remote);
        }
        MABPLAN_CHECK(place_.finish(write_exchange(document_)));
        report_.results = document_.results.size();
        report_.layers = document_.layers.size();
        report_.mounts = document_.mounts.size();
        return std::move(report_);
    }

private:
    struct Spooled {
        std::string path;
        Digest digest;
        std::uint64_t bytes = 0;
    };
    Status collect_results();
    Result<std::set<Digest>> keys_of_plan(const std::vector<ResultRow>& rows);
    Status put_layers();
    Result<bool> put_layer(const Digest& diff_id);
    Status put_others();
    Status put_mounts();
    Status put_mount(const StoredItem& mount);
    bool is_wanted(const StoredItem& mount) const;
    Result<bool> put_blob(const Digest& digest);
    Status put(const std::string& name, std::uint64_t size, ByteSource& bytes);
    Status put_spooled(const Spooled& file, const std::string& name);
    Result<Digest> put_part(const std::string& text);
    Result<Spooled> spool_tree(const std::string& folder);
    void note(std::string what) { report_.notes.push_back(std::move(what)); }

    Store& store_;
    const ExportChoice& choice_;
    ExportPlace& place_;
    const Stop& stop_;
    SnapshotStore snapshots_;
    ExchangeDocument document_;
    ExchangeReport report_;
    std::set<Digest> of_layers_;  // tars and packed forms of results
};

// Of each action the result that has its key. A key may hold what sources gave that the plan does not pin: then the last one that the same
// instruction, in the same words, had.
Result<std::set<Digest>> CacheExport::keys_of_plan(const std::vector<ResultRow>& rows) {
    std::map<Digest, std::string> origins;
    for (const ResultRow& row : rows) origins.emplace(row.key, row.origin);
    std::set<Digest> keys;
    for (const Action& action : choice_.plan->actions) {
        if (origins.contains(action.definition_key)) {
            keys.insert(action.definition_key);
            continue;
        }
        for (const InstructionId& id : action.instructions) {
            MABPLAN_TRY(before, store_.records().history(id));
            const std::string text = origin_text(action.origin);
            const auto same =
                std::find_if(before.begin(), before.end(), [&](const InstructionRecord& each) { return each.why.origin == text; });
            if (same != before.end()) keys.insert(same->key);
        }
    }
    return keys;
}

Status CacheExport::collect_results() {
    MABPLAN_TRY(rows, store_.records().list());
    MABPLAN_TRY(instructions, store_.records().instructions());
    std::optional<std::set<Digest>> wanted;
    if (choice_.plan != nullptr) {
        MABPLAN_TRY(keys, keys_of_plan(rows));
        wanted = std::move(keys);
    }
    std::set<Digest> layers;
    for (const ResultRow& row : rows)
        if (!wanted || wanted->contains(row.key)) layers.insert(row.result.diff_id);
    for (ResultRow& row : rows) {
        // of a layer that is wanted also what it is by its content
        const bool is_its_content = row.kind == KeyKind::Content && layers.contains(row.result.diff_id);
        if (wanted && !wanted->contains(row.key) && !is_its_content) continue;
        const auto found = instructions.find(row.key);
        ExchangedResult each{
            row.key, row.kind, std::move(row.result), {}, found == instructions.end() ? std::vector<InstructionId>() : found->second};
        MABPLAN_TRY(why, store_.records().explanation(row.key));
        each.why = std::move(why);
        MABPLAN_TRY(left_out, store_.records().left_out(row.key));
        each.result.left_out = std::move(left_out);
        document_.results.push_back(std::move(each));
    }
    std::sort(document_.results.begin(), document_.results.end(), [](const auto& one, const auto& other) { return one.key < other.key; });
    return {};
}

Status CacheExport::put(const std::string& name, std::uint64_t size, ByteSource& bytes) {
    MABPLAN_CHECK(place_.put(name, size, bytes));
    ++report_.blobs;
    report_.bytes += size;
    return {};
}

// Verified before: what is in a tar can't be taken back. False: it is damaged, or went meanwhile.
Result<bool> CacheExport::put_blob(const Digest& digest) {
    MABPLAN_CHECK(go_on(&stop_));
    const auto size = store_.blobs().size(digest);
    auto opened = size ? store_.blobs().open(digest) : Result<std::unique_ptr<ByteSource>>(nullptr);
    if (!opened || !*opened) return false;
    StoppedSource looked_at(*std::move(opened), &stop_);
    HashingSink hash;
    MABPLAN_CHECK(copy_bytes(looked_at, hash));
    if (hash.finish() != digest) {
        note(format("the blob {} is damaged and stays behind (`mabplan cache verify --repair` takes it out)", digest.text()));
        return false;
    }
    MABPLAN_TRY(bytes, store_.blobs().open(digest));
    StoppedSource heeding(std::move(bytes), &stop_);
    MABPLAN_CHECK(put(format("{}/{}", kBlobFolder, digest.hex()), hash.count(), heeding));
    return true;
}

Status CacheExport::put_spooled(const Spooled& file, const std::string& name) {
    MABPLAN_TRY(opened, open_file(file.path, O_RDONLY));
    const auto bytes = read_from(opened.release(), file.path, &stop_);
    MABPLAN_CHECK(put(name, file.bytes, *bytes));
    ::unlink(file.path.c_str());
    return {};
}

Result<Digest> CacheExport::put_part(const std::string& text) {
    const Digest digest = Digest::of(text);
    TextSource source(text);
    MABPLAN_CHECK(put(format("{}/{}", kMountFolder, digest.hex()), text.size(), source));
    return digest;
}

// Its tar, by way of a file: a tar says before its content how long that is, and a name what it holds.
Result<CacheExport::Spooled> CacheExport::spool_tree(const std::string& folder) {
    MABPLAN_TRY(spool, make_fresh_file(store_.scratch(), "export"));
    const auto file = write_to(spool.file.get(), spool.path, &stop_);
    HashingSink hash(file.get());
    const auto written = write_snapshot_tar(folder, hash);
    if (!written) {
        ::unlink(spool.path.c_str());
        return fail(written.error());
    }
    const std::uint64_t bytes = hash.count();
    return Spooled{std::move(spool.path), hash.finish(), bytes};
}

// Packed where that is there; a layer of which only the unpacked form is left becomes a tar again. False: it stays behind, and its results
// with it.
Result<bool> CacheExport::put_layer(const Digest& diff_id) {
    ExchangedLayer layer{diff_id, {}, {}, {}};
    of_layers_.insert(diff_id);
    MABPLAN_TRY(forms, store_.records().packed_forms(diff_id));
    for (const auto& [codec, packed] : forms) {
        of_layers_.insert(packed.digest);
        MABPLAN_TRY(is_put, put_blob(packed.digest));
        if (is_put) layer.packed.push_back({codec, packed});
    }
    if (layer.packed.empty()) {
        MABPLAN_TRY(is_put, put_blob(diff_id));
        const bool is_unpacked = is_put ? false : snapshots_.contains(diff_id);
        if (!is_put && !is_unpacked) return false;
        if (is_unpacked) {
            auto tar = spool_tree(snapshots_.path(diff_id));
            if (!tar && tar.error().kind == ErrorKind::Interrupted) return fail(tar.error());
            if (!tar || tar->digest != diff_id) {
                note(format("the unpacked layer {} is not as it was and stays behind", diff_id.text()));
                return false;
            }
            MABPLAN_CHECK(put_spooled(*tar, format("{}/{}", kBlobFolder, diff_id.hex())));
        }
    }
    MABPLAN_TRY(programs, store_.records().find_programs(diff_id));
    layer.programs = std::move(programs);
    MABPLAN_TRY(baked_in, store_.records().find_baked_in(diff_id));
    layer.baked_in = std::move(baked_in);
    document_.layers.push_back(std::move(layer));
    return true;
}

Status CacheExport::put_layers() {
    std::set<Digest> layers, put;
    for (const ExchangedResult& each : document_.results) layers.insert(each.result.diff_id);
    for (const Digest& diff_id : layers) {
        MABPLAN_TRY(is_put, put_layer(diff_id));
        if (is_put) put.insert(diff_id);
    }
    std::erase_if(document_.results, [&](const ExchangedResult& each) { return !put.contains(each.result.diff_id); });
    return {};
}

// Blobs of bases, documents, files from addresses: of a plan its bases alone.
Status CacheExport::put_others() {
    std::set<Digest> bases;
    if (choice_.plan != nullptr)
        for (const Action& action : choice_.plan->actions)
            if (const auto* image = std::get_if<ImageAction>(&action.work))
                for (const BaseLayer& layer : image->layers) bases.insert({layer.blob.digest, layer.diff_id});
    MABPLAN_TRY(names, list_names(store_.root() + "/blobs/sha256"));
    for (const std::string& name : names) {
        const auto digest = Digest::parse("sha256:" + name);
        if (!digest || of_layers_.contains(*digest)) continue;
        if (choice_.plan != nullptr && !bases.contains(*digest)) continue;
        MABPLAN_TRY(is_put, put_blob(*digest));
        static_cast<void>(is_put);
    }
    return {};
}

// "NANOSECONDS PATH" of all below a folder, itself as ".".
Status add_times(Fd opened, const std::string& path, std::string& times) {
    struct stat facts {};
    if (::fstat(opened.get(), &facts) != 0) return {};
    const auto add = [&](const std::string& name, const struct stat& of) {
        times += format("{} {}", nanoseconds_of(of.st_mtim), name);
        times += '\0';
    };
    add(path, facts);
    FolderReader folder(std::move(opened));
    while (const dirent* entry = folder.next()) {
        if (::fstatat(folder.fd(), entry->d_name, &facts, AT_SYMLINK_NOFOLLOW) != 0) continue;
        const std::string inner = path_in(path, entry->d_name);
        if (!S_ISDIR(facts.st_mode)) add(inner, facts);
        else
            MABPLAN_CHECK(
                add_times(Fd(::openat(folder.fd(), entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)), inner, times));
    }
    return {};
}

// Alone while it is read: what is half written is no cache, and what is known of it must fit what is in it.
Status CacheExport::put_mount(const StoredItem& mount) {
    const std::string fs = mount.path + "/fs", lock_path = mount.path + "/lock";
    MABPLAN_TRY(lock, open_file(lock_path, O_RDWR));
    MABPLAN_TRY(is_free, try_lock(lock, LOCK_EX, lock_path));
    if (!is_free) {
        note(format("the cache mount {} is in use and stays behind", mount.about));
        return {};
    }
    auto tar = spool_tree(fs);
    if (!tar && tar.error().kind == ErrorKind::Interrupted) return fail(tar.error());
    if (!tar) {
        note(format("the cache mount {} stays behind: {}", mount.about, tar.error().message));
        return {};
    }
    ExchangedMount each{mount.digest, mount.about, tar->digest, {}, {}};
    MABPLAN_CHECK(put_spooled(*tar, format("{}/{}", kMountFolder, tar->digest.hex())));
    std::string times;
    MABPLAN_CHECK(add_times(Fd(::open(fs.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)), ".", times));
    MABPLAN_TRY(of_times, put_part(times));
    each.times = of_times;
    if (const auto seen = read_file(mount.path + "/seen", 1U << 30U)) {
        MABPLAN_TRY(of_seen, put_part(*seen));
        each.seen = of_seen;
    }
    document_.mounts.push_back(std::move(each));
    return {};
}

// Of a plan those whose ids and platforms its commands name.
bool CacheExport::is_wanted(const StoredItem& mount) const {
    if (choice_.plan == nullptr) return true;
    for (const Action& action : choice_.plan->actions) {
        const auto* run = std::get_if<RunAction>(&action.work);
        if (run == nullptr || !mount.about.starts_with(format_platform(run->platform) + " ")) continue;
        for (const Mount& each : run->mounts)
            if (const auto* cache = std::get_if<CacheMount>(&each.what); cache != nullptr && mount.about.ends_with(" " + cache->id))
                return true;
    }
    return false;
}

// The first instance of each: others are what builds that ran side by side had.
Status CacheExport::put_mounts() {
    MABPLAN_TRY(mounts, list_cache_mounts(store_, Sizes::Remembered));
    for (const StoredItem& mount : mounts)
        if (base_name(mount.path) == "0" && path_exists(mount.path + "/fs") && is_wanted(mount)) MABPLAN_CHECK(put_mount(mount));
    return {};
}

}  // namespace

Result<ExchangeReport> export_cache_to_folder(Store& store, const ExportChoice& choice, const std::string& folder, const Stop& stop) {
    MABPLAN_TRY(place, ExportFolder::open(folder));
    return CacheExport(store, choice, place, stop).run();
}

Result<ExchangeReport> export_cache_to_tar(Store& store, const ExportChoice& choice, ByteSink& tar, const Stop& stop) {
    ExportTar place(tar);
    return CacheExport(store, choice, place, stop).run();
}

}  // namespace mabplan::runtime

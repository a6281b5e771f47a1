package org.dmabuf;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.dmabuf.fence.FenceCallback;
import org.dmabuf.fence.FenceContext;
import org.dmabuf.file.FileTable;
import org.dmabuf.memory.BackingStore;
import org.dmabuf.memory.ReservedRegion;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Undoes what a stopped client left behind, in order, each step guarded so that one failure strands
 * nothing:
 *
 * <pre>
 *   first         callbacks, so that nothing below calls into the bundle
 *   as a process  fences (ECANCELED) -> mappings -> attachments -> files -> handles
 *   as a module   live buffers by their policy -> calls inside drained
 *   the rest      memory
 * </pre>
 *
 * <p>Kernel counterpart: {@code exit_files()} and {@code module_put()}.
 */
final class Teardown {
  private static final Logger LOG = LoggerFactory.getLogger(Teardown.class);
  private static final long DRAIN_NANOS = 2_000_000_000L;

  private final DmaBufCore core;
  private final Client client;
  private final List<String> left = new ArrayList<>();

  Teardown(DmaBufCore core, Client client) {
    this.core = core;
    this.client = client;
  }

  void run() {
    client.leave();
    each("callbacks", client.callbacks(), callback -> false, FenceCallback::close);
    each("fence contexts", client.contexts(), context -> !context.isClosed(), FenceContext::close);
    each("CPU mappings", client.mappings(), mapping -> true, CpuMapping::close);
    each("attachments", client.attachments(), attachment -> true, Attachment::abandon);
    int open = client.files().size();
    if (open > 0) {
      left.add(open + " files");
    }
    guarded("files", client.files(), FileTable::close);
    each("file tables", client.tables(), table -> !table.isClosed(), FileTable::close);
    each("handles", client.handles().values(), handle -> true, DmaBuf::abandon);
    exporterLeaves();
    each("regions", client.regions(), region -> false, ReservedRegion::close);
    each("backing stores", client.stores(), store -> false, BackingStore::close);
    client.gone();
    if (!left.isEmpty()) {
      LOG.warn("{} stopped and left {}; all was given back for it", client.name(), left);
    }
  }

  private void exporterLeaves() {
    core.awaitReleased(client);
    for (BufferObject buffer : client.exported()) {
      guarded("buffers", buffer, BufferObject::exporterLeaves);
    }
    // A release that has begun is the driver's last call; a close from within it cannot wait for
    // it.
    if (!client.gate().isInside() && !core.awaitReleasing(client, DRAIN_NANOS)) {
      LOG.warn("A release is still inside {} two seconds after it stopped", client.name());
    }
    if (!client.gate().closeAndDrain(core.clock(), DRAIN_NANOS)) {
      LOG.warn("A call is still inside {} two seconds after it stopped", client.name());
    }
    client.exported().clear();
  }

  private <T> void each(String what, Collection<T> all, Predicate<T> isLeft, Consumer<T> undo) {
    long count = all.stream().filter(isLeft).count();
    if (count > 0) {
      left.add(count + " " + what);
    }
    for (T one : List.copyOf(all)) {
      guarded(what, one, undo);
    }
    all.clear();
  }

  private <T> void guarded(String what, T one, Consumer<T> undo) {
    try {
      undo.accept(one);
    } catch (RuntimeException | Error failed) {
      LOG.warn("Taking {} from {} failed: {}", what, client.name(), failed.toString());
    }
  }
}

package org.dmabuf.exporter.heap;

import org.dmabuf.DmaBuf;
import org.dmabuf.DmaBufOps;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.ExportInfo;
import org.dmabuf.ExportPolicy;
import org.dmabuf.StoreOps;
import org.dmabuf.memory.BackingStore;
import org.dmabuf.memory.CachedStore;

/** How a heap exports its memory: whether CPU and devices see each other's writes at once. */
enum Coherency {
  /** They do. */
  COHERENT {
    @Override
    ExportPolicy policy(ExportPolicy wanted) {
      return wanted;
    }

    @Override
    DmaBufOps ops(DmaBufRegistry registry, BackingStore store) {
      return new StoreOps(store);
    }
  },
  /** Only after begin and end of a CPU access. */
  NONCOHERENT {
    // The framework's own ops have no brackets, so such buffers cannot be adopted.
    @Override
    ExportPolicy policy(ExportPolicy wanted) {
      return wanted == ExportPolicy.ADOPT ? ExportPolicy.WAIT : wanted;
    }

    @Override
    DmaBufOps ops(DmaBufRegistry registry, BackingStore store) {
      long bytes = store.size();
      BackingStore cache = registry.allocate(bytes, registry.files().account());
      try {
        BackingStore clean = registry.allocate(bytes, registry.files().account());
        try {
          return new NoncoherentBuffer(new CachedStore(store, cache, clean, registry.meter()));
        } catch (RuntimeException refused) {
          clean.close();
          throw refused;
        }
      } catch (RuntimeException refused) {
        cache.close();
        throw refused;
      }
    }
  };

  static Coherency of(boolean coherent) {
    return coherent ? COHERENT : NONCOHERENT;
  }

  abstract ExportPolicy policy(ExportPolicy wanted);

  abstract DmaBufOps ops(DmaBufRegistry registry, BackingStore store);

  /** Exports memory, which passes to the buffer; on failure it is given back. */
  DmaBuf export(
      DmaBufRegistry registry,
      String heap,
      BackingStore store,
      ExportPolicy wanted,
      int fileFlags) {
    DmaBufOps ops;
    try {
      ops = ops(registry, store);
    } catch (RuntimeException refused) {
      store.close();
      throw refused;
    }
    try {
      return registry.export(
          ExportInfo.of(heap, store.size(), ops, policy(wanted)).withFileFlags(fileFlags));
    } catch (RuntimeException refused) {
      ops.release();
      throw refused;
    }
  }
}

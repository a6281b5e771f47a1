package org.dmabuf;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.dmabuf.fence.FenceCallback;
import org.dmabuf.fence.OpenContext;
import org.dmabuf.file.FileTable;
import org.dmabuf.memory.BackingStore;
import org.dmabuf.memory.ReservedRegion;
import org.dmabuf.negotiation.DeviceCatalog.Listing;

/**
 * What one client has taken and not given back: by this its teardown finds everything.
 *
 * <pre>
 *   as a process   callbacks, watches, contexts, mappings, attachments, tables, handles
 *   as a module    exported
 *   both           regions, stores, arenas
 * </pre>
 *
 * <p>Thread-safe: each of its sets by itself. Kernel counterpart: {@code task_struct}.
 */
final class Books {
  private final Set<FileTable> tables = ConcurrentHashMap.newKeySet();
  private final Map<Long, DmaBuf> handles = new ConcurrentHashMap<>();
  private final Set<Attachment> attachments = ConcurrentHashMap.newKeySet();
  private final Set<CpuMapping> mappings = ConcurrentHashMap.newKeySet();
  private final Set<OpenContext> contexts = ConcurrentHashMap.newKeySet();
  private final Set<Listing> watches = ConcurrentHashMap.newKeySet();
  private final Set<FenceCallback> callbacks = ConcurrentHashMap.newKeySet();
  private final Set<BackingStore> stores = ConcurrentHashMap.newKeySet();
  private final Set<ReservedRegion> regions = ConcurrentHashMap.newKeySet();
  private final Set<ClientArena> arenas = ConcurrentHashMap.newKeySet();
  private final Set<BufferObject> exported = ConcurrentHashMap.newKeySet();

  /** Tables of programs within the bundle; its own one is not among them. */
  Set<FileTable> tables() {
    return tables;
  }

  /** By the number of their buffer. */
  Map<Long, DmaBuf> handles() {
    return handles;
  }

  Set<Attachment> attachments() {
    return attachments;
  }

  /** By handles; those by descriptors are their table's. */
  Set<CpuMapping> mappings() {
    return mappings;
  }

  Set<OpenContext> contexts() {
    return contexts;
  }

  /** Of exporters and importers that come and go. */
  Set<Listing> watches() {
    return watches;
  }

  Set<FenceCallback> callbacks() {
    return callbacks;
  }

  Set<ReservedRegion> regions() {
    return regions;
  }

  Set<BackingStore> stores() {
    return stores;
  }

  /** Of the driver's own memory. */
  Set<ClientArena> arenas() {
    return arenas;
  }

  Set<BufferObject> exported() {
    return exported;
  }
}

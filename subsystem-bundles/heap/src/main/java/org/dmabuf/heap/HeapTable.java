package org.dmabuf.heap;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.TreeMap;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.file.FileTable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The heaps that drivers have registered, each with a name of its own.
 *
 * <pre>
 *   minor   0 system   1 reserved   2 (free)   ...   127
 *   waiting [ another "system" ]     gets its name when the first one goes
 * </pre>
 *
 * <p>Thread-safe; its monitor is not held while a heap allocates. Kernel counterpart: {@code
 * dma_heap_add}.
 */
@Component(service = Heaps.class)
public final class HeapTable implements Heaps {
  /** How many heaps there can be. */
  public static final int MINORS = 128;

  private static final Logger LOG = LoggerFactory.getLogger(HeapTable.class);

  private final TreeMap<String, HeapNode> nodes = new TreeMap<>();
  private final BitSet minors = new BitSet(MINORS);
  private final List<HeapDevice> waiting = new ArrayList<>();

  /** Makes a table without heaps. */
  @Activate
  public HeapTable() {}

  @Override
  public synchronized List<String> names() {
    return List.copyOf(nodes.keySet());
  }

  @Override
  public int allocate(FileTable caller, String heap, long length, int fdFlags, long heapFlags) {
    return node(heap).device().allocate(caller, length, fdFlags, heapFlags);
  }

  @Override
  public int open(FileTable caller, String heap, int flags) {
    HeapFile file = new HeapFile(node(heap), flags);
    return caller.install(file, (flags & HeapDevice.O_CLOEXEC) != 0);
  }

  /**
   * Lists a heap.
   *
   * @param heap a heap whose name nobody else has, never null
   * @return its minor number, 0 to 127
   * @throws DmaBufException EINVAL for a heap without a name or with one that is taken; EBUSY when
   *     there are {@link #MINORS} heaps
   */
  public synchronized int add(HeapDevice heap) {
    String name = heap.name();
    if (name == null || name.isEmpty()) {
      throw new DmaBufException(Errno.EINVAL, "A heap without a name was added; name its region");
    }
    if (nodes.containsKey(name)) {
      throw new DmaBufException(
          Errno.EINVAL, "A second heap '" + name + "' was added; a name of its own would work");
    }
    int minor = minors.nextClearBit(0);
    if (minor >= MINORS) {
      throw new DmaBufException(
          Errno.EBUSY,
          "Heap '" + name + "' was added to " + MINORS + ", which are all there can be");
    }
    minors.set(minor);
    nodes.put(name, new HeapNode(name, minor, heap));
    return minor;
  }

  /** Takes a heap off the list; does nothing when it is not on it. */
  public synchronized void remove(HeapDevice heap) {
    nodes
        .values()
        .removeIf(
            node -> {
              if (!node.isOf(heap)) {
                return false;
              }
              node.leave();
              minors.clear(node.minor());
              return true;
            });
  }

  /** A driver's service has come: listed, or kept until its name is free. */
  @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
  synchronized void bindHeap(HeapDevice heap) {
    try {
      add(heap);
    } catch (DmaBufException refused) {
      LOG.warn("{}; it is not listed", refused.sentence());
      waiting.add(heap);
    }
  }

  /** A driver's service leaves; whoever waited for its name gets it. */
  synchronized void unbindHeap(HeapDevice heap) {
    waiting.remove(heap);
    remove(heap);
    List<HeapDevice> next = List.copyOf(waiting);
    waiting.clear();
    next.forEach(this::bindHeap);
  }

  private synchronized HeapNode node(String heap) {
    HeapNode node = nodes.get(heap);
    if (node == null) {
      throw new DmaBufException(
          Errno.ENOENT, "There is no heap '" + heap + "'; there are " + nodes.keySet());
    }
    return node;
  }
}

package org.dmabuf.exporter.udmabuf;

import java.util.ArrayList;
import java.util.List;
import org.dmabuf.DmaBuf;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.Errno;
import org.dmabuf.ExportInfo;
import org.dmabuf.ExportPolicy;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.MemFd;
import org.dmabuf.file.OpenFile;
import org.dmabuf.heap.udmabuf.UdmabufDevice;
import org.dmabuf.heap.udmabuf.UdmabufItem;
import org.dmabuf.memory.BackingStore;
import org.dmabuf.memory.MemoryRange;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.Designate;

/**
 * Makes buffers of the pages of memory files. The order in which a list is looked at is Linux's:
 *
 * <pre>
 *   1. number of items                 EINVAL
 *   2. each: alignment, sum of sizes   EINVAL        all items, before the first descriptor
 *   3. sum is 0                        EINVAL
 *   4. each: descriptor                EBADFD
 *            seals, range              EINVAL        item by item
 * </pre>
 *
 * <p>Thread-safe. Kernel counterpart: {@code udmabuf.c}.
 */
@Component(
    service = UdmabufDevice.class,
    configurationPid = "org.dmabuf.udmabuf",
    property = "dmabuf.exporter=" + Udmabuf.UDMABUF)
@Designate(ocd = UdmabufConfig.class)
public final class Udmabuf implements UdmabufDevice {
  static final String UDMABUF = "udmabuf";

  private final DmaBufRegistry registry;
  private final int listLimit;
  private final long sizeLimit;
  private final ExportPolicy policy;

  /**
   * Starts the device.
   *
   * @throws DmaBufException EINVAL for limits below 1
   */
  @Activate
  public Udmabuf(@Reference DmaBufRegistry registry, UdmabufConfig config) {
    if (config.list_limit() < 1
        || config.size_limit_mb() < 1
        || config.size_limit_mb() > Long.MAX_VALUE >> 20) {
      throw new DmaBufException(
          Errno.EINVAL,
          "udmabuf was configured with "
              + config.list_limit()
              + " items and "
              + config.size_limit_mb()
              + " MiB at most; 1 or more of each works");
    }
    this.registry = registry;
    this.listLimit = config.list_limit();
    this.sizeLimit = config.size_limit_mb() << 20;
    this.policy = registry.policy(config.policy());
  }

  @Override
  public int createList(FileTable caller, List<UdmabufItem> items, int flags) {
    if (items.isEmpty() || items.size() > listLimit) {
      throw new DmaBufException(
          Errno.EINVAL,
          "A udmabuf of "
              + items.size()
              + " items was asked by "
              + caller.owner()
              + "; 1 to "
              + listLimit
              + " would work");
    }
    checkSizes(items);
    List<OpenFile> files = new ArrayList<>(items.size());
    try {
      BackingStore store = registry.store(ranges(caller, items, files));
      return described(caller, exported(store), flags);
    } finally {
      files.forEach(OpenFile::put);
    }
  }

  @Override
  public int listLimit() {
    return listLimit;
  }

  private void checkSizes(List<UdmabufItem> items) {
    long page = registry.pageSize();
    long sum = 0;
    for (int i = 0; i < items.size(); i++) {
      UdmabufItem item = items.get(i);
      if (item.offset() % page != 0 || item.size() % page != 0) {
        throw new DmaBufException(
            Errno.EINVAL, describe(i, item) + " is not of whole pages of " + page + " bytes");
      }
      // Sizes are unsigned; the sum cannot overflow, for it is at most the limit before.
      if (item.size() < 0 || item.size() > sizeLimit - sum) {
        throw new DmaBufException(
            Errno.EINVAL, describe(i, item) + " makes more than the limit of " + sizeLimit);
      }
      sum += item.size();
    }
    if (sum == 0) {
      throw new DmaBufException(
          Errno.EINVAL, "A udmabuf of 0 bytes was asked; a page or more would work");
    }
  }

  /** Looks the files up, item by item; the references taken are added to {@code files}. */
  private static List<MemoryRange> ranges(
      FileTable caller, List<UdmabufItem> items, List<OpenFile> files) {
    List<MemoryRange> ranges = new ArrayList<>(items.size());
    for (int i = 0; i < items.size(); i++) {
      UdmabufItem item = items.get(i);
      files.add(file(caller, item, i));
      if (!(files.getLast() instanceof MemFd memfd)) {
        throw noMemfd(i, item, files.getLast().describe());
      }
      MemoryRange range = new MemoryRange(memfd.memory(), item.offset(), item.size());
      range.check();
      ranges.add(range);
    }
    return ranges;
  }

  private static OpenFile file(FileTable caller, UdmabufItem item, int index) {
    try {
      return caller.get(item.memfd());
    } catch (DmaBufException notOpen) {
      throw noMemfd(index, item, "not open");
    }
  }

  private static DmaBufException noMemfd(int index, UdmabufItem item, String what) {
    return new DmaBufException(
        Errno.EBADFD,
        describe(index, item)
            + " names fd "
            + item.memfd()
            + ", which is "
            + what
            + "; a memfd works");
  }

  private static String describe(int index, UdmabufItem item) {
    return "Item "
        + index
        + " of a udmabuf, "
        + Long.toUnsignedString(item.size())
        + " bytes at "
        + Long.toUnsignedString(item.offset())
        + ",";
  }

  private DmaBuf exported(BackingStore store) {
    try {
      return registry.export(
          ExportInfo.of(UDMABUF, store.size(), new UdmabufBuffer(store), policy));
    } catch (RuntimeException refused) {
      store.close();
      throw refused;
    }
  }

  private int described(FileTable caller, DmaBuf buffer, int flags) {
    try {
      return registry.fd(buffer, caller, (flags & UDMABUF_FLAGS_CLOEXEC) != 0);
    } catch (DmaBufException full) {
      buffer.close();
      throw full;
    }
  }
}

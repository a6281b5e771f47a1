package org.dmabuf.heap.udmabuf;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.IoctlStruct;
import org.dmabuf.file.OpenFile;

/** The device, opened. Kernel counterpart: a file of {@code /dev/udmabuf}. */
final class UdmabufFile extends OpenFile {
  private final UdmabufNode node;

  UdmabufFile(UdmabufNode node, int flags) {
    super(flags);
    this.node = node;
  }

  @Override
  public String describe() {
    return node.name();
  }

  /** Nothing to give back: the device is the product's. */
  @Override
  protected void released() {}

  @Override
  protected int ioctl(FileTable caller, int request, MemorySegment argument) {
    if (request == UdmabufIoctl.UDMABUF_CREATE) {
      IoctlStruct data = IoctlStruct.of(request, argument);
      return node.device().createList(caller, List.of(item(data)), data.getInt(UdmabufIoctl.FLAGS));
    }
    if (request == UdmabufIoctl.UDMABUF_CREATE_LIST) {
      return createList(caller, IoctlStruct.of(request, argument), argument);
    }
    throw new DmaBufException(
        Errno.ENOTTY,
        "udmabuf has no ioctl 0x"
            + Integer.toHexString(request)
            + "; UDMABUF_CREATE and UDMABUF_CREATE_LIST would work");
  }

  private int createList(FileTable caller, IoctlStruct head, MemorySegment argument) {
    UdmabufDevice device = node.device();
    long count = Integer.toUnsignedLong(head.getInt(UdmabufIoctl.COUNT));
    if (count > device.listLimit()) {
      throw new DmaBufException(
          Errno.EINVAL,
          "A udmabuf of "
              + count
              + " items was asked by "
              + caller.owner()
              + "; up to "
              + device.listLimit()
              + " would work");
    }
    List<UdmabufItem> items = new ArrayList<>((int) count);
    for (int i = 0; i < count; i++) {
      long at = UdmabufIoctl.HEAD_BYTES + (long) i * UdmabufIoctl.BYTES;
      items.add(item(IoctlStruct.at(argument, argument.address() + at, UdmabufIoctl.BYTES)));
    }
    return device.createList(caller, items, head.getInt(UdmabufIoctl.LIST_FLAGS));
  }

  private static UdmabufItem item(IoctlStruct data) {
    return new UdmabufItem(
        data.getInt(UdmabufIoctl.MEMFD),
        data.getLong(UdmabufIoctl.OFFSET),
        data.getLong(UdmabufIoctl.SIZE));
  }
}

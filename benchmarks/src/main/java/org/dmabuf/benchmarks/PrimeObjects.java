package org.dmabuf.benchmarks;

import java.util.EnumSet;
import org.dmabuf.DmaBufCore;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.ExportPolicy;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.OpenFlags;
import org.dmabuf.gem.GemCore;
import org.dmabuf.gem.GemDeviceInfo;
import org.dmabuf.gem.GemFeature;
import org.dmabuf.gem.GemIoctl;

/** So many shared objects of one open GEM device; 64 of them have a descriptor. */
final class PrimeObjects {
  static final int USED = 64;

  private static final int SHARE = GemIoctl.CLOEXEC | GemIoctl.RDWR;

  private final DmaBufCore core = DmaBufCore.create();
  private final DmaBufRegistry driver = core.open("driver");
  private final FileTable files = core.open("program").files();
  // What is measured are look-ups: so the objects have no memory.
  private final GemCore gem =
      GemCore.start(
          driver,
          GemDeviceInfo.of("gem", ExportPolicy.REVOKE, EnumSet.of(GemFeature.DUMB_BUFFERS)),
          (size, account) -> () -> {});
  private final int device = gem.open(files, OpenFlags.O_RDWR);
  private final int[] handles = new int[USED];
  private final int[] descriptors = new int[USED];

  PrimeObjects(int count) {
    int every = count / USED;
    for (int i = 0; i < count; i++) {
      int handle = GemIoctl.createDumb(files, device, 64, 16, 32).handle();
      int descriptor = GemIoctl.handleToFd(files, device, handle, SHARE);
      int used = i / every;
      if (i % every == 0 && used < USED) {
        handles[used] = handle;
        descriptors[used] = descriptor;
      } else {
        files.close(descriptor);
      }
    }
    // They have lived long: their move to the old generation belongs to no measurement.
    System.gc();
  }

  /** Imports each of the 64, which has its handle already. */
  int takeAll() {
    int sum = 0;
    for (int descriptor : descriptors) {
      sum += GemIoctl.fdToHandle(files, device, descriptor);
    }
    return sum;
  }

  /** Shares each of the 64 once more, and closes that descriptor. */
  void shareAll() {
    for (int handle : handles) {
      files.close(GemIoctl.handleToFd(files, device, handle, SHARE));
    }
  }

  void close() {
    files.close();
    gem.close();
    core.close();
  }
}

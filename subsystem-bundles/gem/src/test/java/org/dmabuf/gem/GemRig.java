package org.dmabuf.gem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.EnumSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.dmabuf.Attachment;
import org.dmabuf.DmaBufCore;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaBufOptions;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.Errno;
import org.dmabuf.ExportPolicy;
import org.dmabuf.Holdings;
import org.dmabuf.ManualClock;
import org.dmabuf.MemoryLimits;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.OpenFlags;
import org.dmabuf.memory.MemoryAccount;
import org.dmabuf.sg.SgTable;

/** A framework on a clock turned by hand, GEM devices of the simplest kind, and a program. */
final class GemRig implements AutoCloseable {
  static final int PAGE = 4096;
  static final int SHARE = GemIoctl.CLOEXEC | GemIoctl.RDWR;
  static final Duration WAIT = Duration.ofSeconds(5);
  static final Holdings NOTHING = new Holdings(0, 0, 0, 0, 0, 0);

  final ManualClock clock = new ManualClock();
  // In debug mode, so that a helper that breaks a lock's rule fails.
  final DmaBufCore core =
      DmaBufCore.create(
          DmaBufOptions.defaults()
              .withClock(clock)
              .withMemory(MemoryLimits.ofPool(64L << 20))
              .withWaitBound(WAIT)
              .withDebug(true));
  final DmaBufRegistry driver = core.open("driver");
  final DmaBufRegistry otherDriver = core.open("other driver");
  final DmaBufRegistry user = core.open("user");
  final FileTable files = user.files();

  /** A driver over pages that uses buffers of others. */
  static final class Pages implements GemDriver, GemDriver.Importing {
    private final DmaBufRegistry registry;
    final AtomicInteger imports = new AtomicInteger();

    Pages(DmaBufRegistry registry) {
      this.registry = registry;
    }

    @Override
    public GemObjectOps create(long size, MemoryAccount account) {
      return new StoreObject(registry.allocate(size, account));
    }

    @Override
    public GemObjectOps importTable(Attachment attachment, SgTable table) {
      imports.incrementAndGet();
      return imports::decrementAndGet;
    }
  }

  static GemDeviceInfo info(String name, ExportPolicy policy) {
    return GemDeviceInfo.of(name, policy, EnumSet.allOf(GemFeature.class));
  }

  /** Starts a device of a bundle. */
  static GemCore start(DmaBufRegistry registry, String name, ExportPolicy policy) {
    return GemCore.start(registry, info(name, policy), new Pages(registry));
  }

  /** Starts a device of the first driver's bundle, whose buffers are taken away with it. */
  GemCore start(String name) {
    return start(driver, name, ExportPolicy.REVOKE);
  }

  /** Starts a device of the other driver's bundle. */
  GemCore startOther(String name) {
    return start(otherDriver, name, ExportPolicy.REVOKE);
  }

  int open(GemDevice device) {
    return device.open(files, OpenFlags.O_RDWR | OpenFlags.O_CLOEXEC);
  }

  /** Makes an object of a page. */
  int create(int device) {
    return GemIoctl.createDumb(files, device, PAGE, 1, 8).handle();
  }

  int share(int device, int handle) {
    return GemIoctl.handleToFd(files, device, handle, SHARE);
  }

  int take(int device, int fd) {
    return GemIoctl.fdToHandle(files, device, fd);
  }

  void closeAll(int... descriptors) {
    for (int descriptor : descriptors) {
      files.close(descriptor);
    }
  }

  static void assertErrno(Errno expected, ThrowingCallable call) {
    assertThatExceptionOfType(DmaBufException.class)
        .isThrownBy(call)
        .satisfies(
            refused -> assertThat(refused.errno()).as(refused.sentence()).isEqualTo(expected));
  }

  /** Fails when anything is held after all clients have gone. */
  @Override
  public void close() {
    core.close();
    assertThat(user.holdings()).isEqualTo(NOTHING);
    assertThat(user.violations()).isEmpty();
  }
}

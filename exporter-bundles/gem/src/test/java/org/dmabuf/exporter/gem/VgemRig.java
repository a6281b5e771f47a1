package org.dmabuf.exporter.gem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.EnumSet;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.dmabuf.CpuMapping;
import org.dmabuf.DmaBufCore;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.Errno;
import org.dmabuf.ExportPolicy;
import org.dmabuf.Holdings;
import org.dmabuf.ManualClock;
import org.dmabuf.file.DeviceNode;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.MmapFlags;
import org.dmabuf.file.OpenFlags;
import org.dmabuf.gem.GemCore;
import org.dmabuf.gem.GemDeviceInfo;
import org.dmabuf.gem.GemFeature;
import org.dmabuf.gem.GemIoctl;

/**
 * A vgem device, another GEM device of another bundle, and a program, on a clock turned by hand.
 */
final class VgemRig implements AutoCloseable {
  static final int PAGE = 4096;
  static final int SHARE = GemIoctl.CLOEXEC | GemIoctl.RDWR;
  static final Duration WAIT = Duration.ofSeconds(5);
  private static final Holdings NOTHING = new Holdings(0, 0, 0, 0, 0, 0);
  private static final long BOUND_SECONDS = 60;

  /** What a configuration says. */
  record Config(String dmabuf_node, ExportPolicy policy) implements VgemConfig {
    @Override
    public Class<VgemConfig> annotationType() {
      return VgemConfig.class;
    }
  }

  /** A call on a thread of its own. */
  record Running(Thread thread, FutureTask<Object> task) {
    /** Waits until it is seen waiting, in a park or on a monitor. */
    Running awaitParked() {
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(BOUND_SECONDS);
      while (thread.getState() != Thread.State.WAITING && !task.isDone()) {
        assertThat(System.nanoTime() - end).as("it waits").isNegative();
        Thread.onSpinWait();
      }
      assertThat(task.isDone()).as("it waits").isFalse();
      return this;
    }

    Object join() throws Exception {
      return task.get(BOUND_SECONDS, TimeUnit.SECONDS);
    }
  }

  final ManualClock clock = new ManualClock();
  final DmaBufCore core = DmaBufCore.create(clock, 64L << 20, WAIT);
  final DmaBufRegistry driver = core.open("vgem's bundle");
  final DmaBufRegistry otherDriver = core.open("another driver's bundle");
  final DmaBufRegistry program = core.open("program");
  final FileTable files = program.files();
  final Vgem vgem;
  final GemCore other;

  VgemRig() {
    this(ExportPolicy.ADOPT);
  }

  VgemRig(ExportPolicy policy) {
    vgem = new Vgem(driver, new Config(Vgem.VGEM, policy));
    Vgem twin = new Vgem(otherDriver, new Config("twin", ExportPolicy.REVOKE));
    other =
        GemCore.start(
            otherDriver,
            GemDeviceInfo.of("other", ExportPolicy.REVOKE, EnumSet.allOf(GemFeature.class)),
            twin);
  }

  int open(DeviceNode node) {
    return node.open(files, OpenFlags.O_RDWR | OpenFlags.O_CLOEXEC);
  }

  /** Makes an object of some pages. */
  int create(int device, int pages) {
    return GemIoctl.createDumb(files, device, PAGE, pages, 8).handle();
  }

  int share(int device, int handle) {
    return GemIoctl.handleToFd(files, device, handle, SHARE);
  }

  int take(int device, int fd) {
    return GemIoctl.fdToHandle(files, device, fd);
  }

  CpuMapping map(int fd, long bytes) {
    int both = MmapFlags.PROT_READ | MmapFlags.PROT_WRITE;
    return files.mmap(fd, bytes, 0, both, MmapFlags.MAP_SHARED);
  }

  static Running start(Callable<Object> call) {
    FutureTask<Object> task = new FutureTask<>(call);
    return new Running(Thread.ofPlatform().daemon().name("test").start(task), task);
  }

  static void assertErrno(Errno expected, ThrowingCallable call) {
    assertThatExceptionOfType(DmaBufException.class)
        .isThrownBy(call)
        .satisfies(
            refused -> assertThat(refused.errno()).as(refused.sentence()).isEqualTo(expected));
  }

  /** As when the bundle of vgem stops. */
  void stopDriver() {
    core.leave(driver);
    vgem.stop();
    core.close(driver);
  }

  @Override
  public void close() {
    files.close();
    other.close();
    stopDriver();
    assertThat(program.holdings()).isEqualTo(NOTHING);
    core.close();
  }
}

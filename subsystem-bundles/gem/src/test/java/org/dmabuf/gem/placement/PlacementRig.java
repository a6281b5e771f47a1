package org.dmabuf.gem.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.EnumSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.dmabuf.Attachment;
import org.dmabuf.DmaBuf;
import org.dmabuf.DmaBufCore;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaBufOptions;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.DmaDevice;
import org.dmabuf.DmaDirection;
import org.dmabuf.Errno;
import org.dmabuf.ExportPolicy;
import org.dmabuf.ImporterOps;
import org.dmabuf.ManualClock;
import org.dmabuf.MemoryLimits;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceContext;
import org.dmabuf.gem.GemClient;
import org.dmabuf.gem.GemCore;
import org.dmabuf.gem.GemDeviceInfo;
import org.dmabuf.gem.GemFeature;
import org.dmabuf.gem.GemHandle;
import org.dmabuf.memory.FrameView;
import org.dmabuf.memory.Transfer;
import org.dmabuf.resv.Usage;
import org.dmabuf.sg.SgTable;

/** A device with a region of three pages, and buffers of a page, in debug mode. */
final class PlacementRig implements AutoCloseable {
  static final int PAGE = 4096;
  static final int ROOM = 3;
  private static final Duration BOUND = Duration.ofSeconds(30);

  final DmaBufCore core;
  final DmaBufRegistry subsystem;
  final DmaBufRegistry driver;
  final DmaBufRegistry user;
  final MoveEngine engine;
  final Placements placements;
  final GemCore device;
  final GemClient client;
  private final FenceContext fences;

  PlacementRig() {
    this(ExportPolicy.ADOPT, 64L << 20);
  }

  PlacementRig(ExportPolicy policy, long pool) {
    core =
        DmaBufCore.create(
            DmaBufOptions.defaults()
                .withClock(new ManualClock())
                .withMemory(MemoryLimits.ofPool(pool))
                .withDebug(true));
    subsystem = core.open("subsystem");
    engine = new MoveEngine(subsystem);
    driver = core.open("driver");
    user = core.open("user");
    placements = Placements.start(driver, engine, "vram", (long) ROOM * PAGE);
    device =
        GemCore.start(
            driver,
            GemDeviceInfo.of("vram", policy, EnumSet.of(GemFeature.DUMB_BUFFERS)),
            placements::create);
    client = GemClient.open(device, user.files());
    fences = user.fenceContext("test", "work");
  }

  /** A shared buffer of a page, and the devices of this test that use it. */
  final class Buffer {
    final GemHandle handle = client.createDumb(PAGE, 1, 8);
    final DmaBuf buffer = user.get(handle.export(true));

    Importer plain(String name) {
      return new Importer(buffer, DmaDevice.named(name), false);
    }

    Importer peer(String name) {
      return new Importer(buffer, DmaDevice.named(name), true);
    }

    Attachment statically(String name) {
      return buffer.attach(DmaDevice.named(name));
    }

    /** Adds the fence of work that is not done. */
    DmaFence busy(Usage usage) {
      DmaFence fence = fences.create();
      buffer.resv().lock();
      try {
        buffer.resv().reserveFences(1);
        buffer.resv().addFence(fence, usage);
        return fence;
      } finally {
        buffer.resv().unlock();
      }
    }

    void awaitMoves() {
      assertThat(buffer.resv().await(Usage.KERNEL, BOUND)).isTrue();
    }

    boolean isMoving() {
      return !buffer.resv().isSignaled(Usage.KERNEL);
    }
  }

  /** A dynamic importer, which maps at each use. */
  static final class Importer implements ImporterOps, AutoCloseable {
    final AtomicInteger moves = new AtomicInteger();
    final Attachment attachment;
    private final boolean peer;

    Importer(DmaBuf buffer, DmaDevice device, boolean peer) {
      this.peer = peer;
      this.attachment = buffer.attach(device, this);
    }

    @Override
    public void moveNotify(Attachment moved) {
      assertThat(moved.resv().isHeld()).isTrue();
      moves.incrementAndGet();
    }

    @Override
    public boolean allowPeerToPeer() {
      return peer;
    }

    SgTable map() {
      return attachment.mapUnlocked(DmaDirection.BIDIRECTIONAL);
    }

    /** Maps, and unmaps at once: it is where this device reaches it. */
    long touch() {
      SgTable table = map();
      long address = table.ranges().getFirst().address();
      attachment.unmapUnlocked(table);
      return address;
    }

    void pin() {
      attachment.resv().lock();
      try {
        attachment.pin();
      } finally {
        attachment.resv().unlock();
      }
    }

    void unpin() {
      attachment.resv().lock();
      try {
        attachment.unpin();
      } finally {
        attachment.resv().unlock();
      }
    }

    @Override
    public void close() {
      attachment.detach();
    }
  }

  Buffer buffer() {
    return new Buffer();
  }

  void write(Attachment attachment, int value) {
    SgTable table = attachment.mapUnlocked(DmaDirection.BIDIRECTIONAL);
    view(attachment, table).fill(0, PAGE, (byte) value);
    attachment.unmapUnlocked(table);
  }

  /** Checks each byte, after what moves has come. */
  void assertHolds(Attachment attachment, int value) {
    SgTable table = attachment.mapUnlocked(DmaDirection.TO_DEVICE);
    assertThat(attachment.resv().await(Usage.KERNEL, BOUND)).isTrue();
    assertThat(bytes(attachment, table)).containsOnly(value);
    attachment.unmapUnlocked(table);
  }

  byte[] bytes(Attachment attachment, SgTable table) {
    byte[] all = new byte[PAGE];
    view(attachment, table).read(0, all, 0, PAGE);
    return all;
  }

  FrameView view(Attachment attachment, SgTable table) {
    return new FrameView(attachment.access(table), user.meter());
  }

  void signal(DmaFence fence) {
    fences.signal(fence);
  }

  long moves() {
    return user.meter().moves();
  }

  long movedBytes() {
    return user.meter().get(Transfer.MOVED);
  }

  /** Returns the bytes of the region that are taken. */
  long taken() {
    return placements.taken();
  }

  /** As when the driver's bundle stops. */
  void stopDriver() {
    core.leave(driver);
    device.close();
    placements.close();
    core.close(driver);
  }

  static void assertErrno(Errno expected, ThrowingCallable call) {
    assertThatExceptionOfType(DmaBufException.class)
        .isThrownBy(call)
        .satisfies(
            refused -> assertThat(refused.errno()).as(refused.sentence()).isEqualTo(expected));
  }

  @Override
  public void close() {
    client.close();
    core.close(user);
    stopDriver();
    engine.close();
    core.close(subsystem);
    assertThat(driver.violations()).isEmpty();
    assertThat(subsystem.violations()).isEmpty();
    core.close();
  }
}

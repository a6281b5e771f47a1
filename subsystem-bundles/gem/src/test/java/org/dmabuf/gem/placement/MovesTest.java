package org.dmabuf.gem.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.gem.placement.PlacementRig.PAGE;
import static org.dmabuf.gem.placement.PlacementRig.ROOM;
import static org.dmabuf.gem.placement.PlacementRig.assertErrno;

import java.util.ArrayList;
import java.util.List;
import org.dmabuf.Attachment;
import org.dmabuf.CpuMapping;
import org.dmabuf.DmaDevice;
import org.dmabuf.DmaDirection;
import org.dmabuf.Errno;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.gem.placement.PlacementRig.Buffer;
import org.dmabuf.gem.placement.PlacementRig.Importer;
import org.dmabuf.resv.Usage;
import org.dmabuf.sg.SgTable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Buffers that move: what is in them stays, who uses them is told, and who must not is not hurt.
 */
final class MovesTest {
  private final PlacementRig rig = new PlacementRig();

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  @Row("P2")
  void shouldBringABufferWhereADeviceReachesItAndKeepWhatIsInIt() {
    Buffer buffer = rig.buffer();
    assertThat(rig.taken()).isEqualTo(PAGE);
    try (Importer screen = buffer.peer("screen");
        Importer camera = buffer.plain("camera")) {
      rig.write(camera.attachment, 7);
      assertThat(rig.taken()).isZero();
      assertThat(rig.moves()).isEqualTo(1);
      rig.assertHolds(screen.attachment, 7);
      assertThat(rig.taken()).isEqualTo(PAGE);
      assertThat(rig.moves()).isEqualTo(2);
      assertThat(rig.movedBytes()).isEqualTo(2 * PAGE);
      assertThat(screen.moves).hasValue(2);
      assertThat(camera.moves).hasValue(2);
      rig.assertHolds(camera.attachment, 7);
    }
  }

  @Test
  @Row("P2")
  void shouldKeepAMappingValidUntilItsWorkIsDoneAndMoveOnlyThen() {
    Buffer buffer = rig.buffer();
    try (Importer screen = buffer.peer("screen");
        Importer camera = buffer.plain("camera")) {
      SgTable old = camera.map();
      buffer.awaitMoves();
      DmaFence work = buffer.busy(Usage.WRITE);
      SgTable fresh = screen.map();
      assertThat(buffer.isMoving()).isTrue();
      assertThat(fresh.ranges()).isNotEqualTo(old.ranges());
      // The camera writes late, into the mapping that it has.
      rig.view(camera.attachment, old).fill(0, PAGE, (byte) 9);
      rig.signal(work);
      buffer.awaitMoves();
      assertThat(rig.bytes(screen.attachment, fresh)).containsOnly(9);
      camera.attachment.unmapUnlocked(old);
      screen.attachment.unmapUnlocked(fresh);
    }
  }

  @Test
  @Row("P2")
  void shouldMoveAgainAndAgainInTheOrderOfTheUsesWhileTheFirstOneWorks() {
    Buffer buffer = rig.buffer();
    try (Importer screen = buffer.peer("screen");
        Importer camera = buffer.plain("camera")) {
      SgTable old = camera.map();
      buffer.awaitMoves();
      DmaFence work = buffer.busy(Usage.WRITE);
      for (int i = 0; i < 5; i++) {
        screen.touch();
        camera.touch();
      }
      rig.view(camera.attachment, old).fill(0, PAGE, (byte) 3);
      // What waits has its room in the region, so that the screen has to do with system memory.
      assertThat(rig.moves()).isEqualTo(1);
      assertThat(rig.taken()).isEqualTo(ROOM * PAGE);
      rig.signal(work);
      buffer.awaitMoves();
      assertThat(rig.moves()).isEqualTo(1 + 2 * ROOM);
      rig.assertHolds(screen.attachment, 3);
      camera.attachment.unmapUnlocked(old);
    }
  }

  @Test
  void shouldMakeRoomByTheBufferThatNobodyUsedForLongest() {
    List<Buffer> buffers = new ArrayList<>();
    List<Importer> screens = new ArrayList<>();
    for (int i = 0; i < 2 * ROOM; i++) {
      buffers.add(rig.buffer());
      screens.add(buffers.get(i).peer("screen"));
      rig.write(screens.get(i).attachment, i);
    }
    assertThat(rig.taken()).isEqualTo(ROOM * PAGE);
    for (int round = 0; round < 3; round++) {
      long before = rig.moves();
      for (int i = 0; i < buffers.size(); i++) {
        buffers.forEach(Buffer::awaitMoves);
        rig.assertHolds(screens.get(i).attachment, i);
      }
      // Who comes again has gone meanwhile: each comes, and each makes another one go.
      assertThat(rig.moves() - before).isEqualTo(2L * buffers.size());
    }
    long before = rig.moves();
    buffers.forEach(Buffer::awaitMoves);
    rig.assertHolds(screens.getLast().attachment, buffers.size() - 1);
    assertThat(rig.moves()).isEqualTo(before);
    screens.forEach(Importer::close);
  }

  @Test
  @Row({"A5", "P5"})
  void shouldPinABufferToSystemMemoryAsLongAsAStaticImporterIsAttached() {
    Buffer buffer = rig.buffer();
    try (Importer screen = buffer.peer("screen")) {
      rig.write(screen.attachment, 5);
      try (Attachment engine = buffer.statically("engine")) {
        assertThat(rig.taken()).isZero();
        rig.assertHolds(engine, 5);
        screen.touch();
        assertThat(rig.taken()).isZero();
      }
      screen.touch();
      assertThat(rig.taken()).isEqualTo(PAGE);
    }
  }

  @Test
  @Row({"A2", "P1"})
  void shouldRefuseADeviceThatDoesNotReachWhereABufferIsPinned() {
    Buffer buffer = rig.buffer();
    try (Importer screen = buffer.peer("screen");
        Importer camera = buffer.plain("camera")) {
      screen.pin();
      screen.pin();
      assertErrno(Errno.EBUSY, camera::map);
      assertErrno(Errno.EBUSY, () -> buffer.statically("engine"));
      screen.unpin();
      assertErrno(Errno.EBUSY, camera::map);
      screen.unpin();
      camera.touch();
    }
    assertThat(rig.moves()).isEqualTo(1);
  }

  @Test
  void shouldWorkInSystemMemoryWhenAllThatIsInTheRegionIsPinned() {
    List<Importer> pinned = new ArrayList<>();
    for (int i = 0; i < ROOM; i++) {
      pinned.add(rig.buffer().peer("screen"));
      pinned.get(i).pin();
    }
    Buffer other = rig.buffer();
    assertThat(rig.taken()).isEqualTo(ROOM * PAGE);
    try (Importer screen = other.peer("screen")) {
      rig.write(screen.attachment, 4);
      screen.pin();
      screen.unpin();
      DmaDevice needy = DmaDevice.builder("scanout").contiguous().build();
      try (Importer scanout = new Importer(other.buffer, needy, true)) {
        assertErrno(Errno.ENOSPC, scanout::pin);
        assertErrno(Errno.ENOSPC, scanout::map);
        pinned.getFirst().unpin();
        scanout.pin();
        rig.assertHolds(scanout.attachment, 4);
        scanout.unpin();
      }
    }
    assertThat(rig.moves()).isEqualTo(2);
    pinned.forEach(Importer::close);
  }

  @Test
  void shouldLeaveBuffersAloneThatAreInUseOrLockedWhenRoomIsNeeded() {
    List<Buffer> buffers = new ArrayList<>();
    for (int i = 0; i < ROOM; i++) {
      buffers.add(rig.buffer());
    }
    DmaFence reads = buffers.get(0).busy(Usage.READ);
    buffers.get(1).buffer.resv().lock();
    buffers.get(2).buffer.resv().lock();
    Buffer other = rig.buffer();
    buffers.get(1).buffer.resv().unlock();
    buffers.get(2).buffer.resv().unlock();
    assertThat(rig.moves()).isZero();
    try (Importer screen = other.peer("screen")) {
      screen.touch();
    }
    assertThat(rig.moves()).isEqualTo(2);
    assertThat(buffers.get(0).isMoving()).isFalse();
    rig.signal(reads);
  }

  @Test
  void shouldKeepABufferWhereACpuHasItMapped() {
    Buffer buffer = rig.buffer();
    try (Importer screen = buffer.peer("screen")) {
      rig.write(screen.attachment, 1);
      try (CpuMapping cpu = buffer.handle.mmap()) {
        assertThat(rig.taken()).isZero();
        assertThat(cpu.load(PAGE - 1)).isEqualTo(1);
        cpu.store(0, 6);
        screen.touch();
        assertThat(rig.taken()).isZero();
        cpu.store(1, 6);
      }
      SgTable table = screen.map();
      buffer.awaitMoves();
      assertThat(rig.taken()).isEqualTo(PAGE);
      assertThat(rig.bytes(screen.attachment, table)).startsWith(6, 6, 1);
      screen.attachment.unmapUnlocked(table);
    }
  }

  @Test
  void shouldLetAnImporterMapAnewInItsMoveNotify() {
    Buffer buffer = rig.buffer();
    List<SgTable> mapped = new ArrayList<>();
    Attachment screen =
        buffer.buffer.attach(
            DmaDevice.named("screen"), moved -> mapped.add(moved.map(DmaDirection.TO_DEVICE)));
    try (Importer peer = buffer.peer("peer")) {
      buffer.buffer.resv().lock();
      // It is in the region, which this one does not reach: moved, and told while that is so.
      SgTable table = screen.map(DmaDirection.TO_DEVICE);
      buffer.buffer.resv().unlock();
      assertThat(mapped).hasSize(1);
      assertThat(mapped.getFirst().ranges()).isEqualTo(table.ranges());
      assertThat(peer.moves).hasValue(1);
    }
    screen.detach();
  }
}

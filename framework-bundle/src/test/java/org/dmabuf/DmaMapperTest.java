package org.dmabuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.Errnos.assertErrno;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.dmabuf.sg.DmaRange;
import org.dmabuf.sg.SgTable;
import org.junit.jupiter.api.Test;

class DmaMapperTest {
  private static final int PAGE = 4096;
  private static final long MAX = Long.MAX_VALUE;

  /** Pieces at addresses, whose first bytes are numbered. */
  private static SgTable memory(long... addressAndLength) {
    List<SgTable.Entry> entries = new ArrayList<>();
    for (int i = 0; i < addressAndLength.length; i += 2) {
      byte[] bytes = new byte[(int) addressAndLength[i + 1]];
      entries.add(new SgTable.Entry(addressAndLength[i], MemorySegment.ofArray(bytes)));
    }
    return SgTable.of(entries, () -> {});
  }

  private static SgTable fit(SgTable given, DmaDevice device) {
    return DmaMapper.fit(given, device, false, "Map");
  }

  private static DmaDevice.Builder device() {
    return DmaDevice.builder("device");
  }

  @Test
  @Row("A2")
  void tableThatSuitsIsLeftAsItIs() {
    SgTable given = memory(0x10000, PAGE, 0x90000, 2 * PAGE);
    assertThat(fit(given, DmaDevice.named("any"))).isSameAs(given);
    assertThat(fit(given, device().maxSegment(2 * PAGE).segmentBoundaryMask(0xffff).build()))
        .isSameAs(given);
    assertThat(fit(given, device().addressMask(0xfffff).alignment(PAGE).build())).isSameAs(given);
  }

  @Test
  @Row("A2")
  void runsAreCutAtTheLongestSegmentAndTheBoundary() {
    SgTable given = memory(0xf000, 4 * PAGE);
    SgTable cut = fit(given, device().maxSegment(2 * PAGE).segmentBoundaryMask(0xffff).build());
    assertThat(cut.ranges())
        .containsExactly(
            new DmaRange(0xf000, PAGE),
            new DmaRange(0x10000, 2 * PAGE),
            new DmaRange(0x12000, PAGE));
    assertThat(cut.segments())
        .extracting(MemorySegment::byteSize)
        .containsExactly((long) PAGE, 2L * PAGE, (long) PAGE);
    assertThat(cut.segments().get(1).heapBase()).isEqualTo(given.segments().get(0).heapBase());
    assertThat(cut.segments().get(1).address()).isEqualTo(PAGE);
    assertThat(cut.size()).isEqualTo(given.size());
  }

  @Test
  @Row("A2")
  void cutsLeaveEveryRunAligned() {
    SgTable cut =
        fit(memory(0x10000, 4 * 8192), device().maxSegment(20_000).alignment(8192).build());
    assertThat(cut.ranges())
        .containsExactly(new DmaRange(0x10000, 16384), new DmaRange(0x14000, 16384));
  }

  @Test
  @Row({"A2", "P6"})
  void memoryThatTheDeviceCannotUseIsRefused() {
    SgTable scattered = memory(0x10000, PAGE, 0x20000, PAGE);
    SgTable adjacent = memory(0x10000, PAGE, 0x11000, PAGE);
    DmaDevice contiguous = device().contiguous().build();
    assertErrno(Errno.EFAULT, () -> fit(scattered, contiguous));
    assertThat(fit(adjacent, contiguous)).isSameAs(adjacent);
    assertThat(fit(adjacent, device().addressMask(0x1ffff).build())).isSameAs(adjacent);
    assertErrno(Errno.EIO, () -> fit(scattered, device().addressMask(0x1ffff).build()));
    assertErrno(
        Errno.EFAULT, () -> fit(adjacent, device().alignment(0x10000).maxSegment(0x10000).build()));
    SgTable endless = SgTable.ofRanges(List.of(new DmaRange(0, MAX)), () -> {});
    assertErrno(
        Errno.ENOMEM, () -> DmaMapper.fit(endless, device().maxSegment(PAGE).build(), true, "Map"));
    assertErrno(
        Errno.ENOMEM,
        () -> DmaMapper.fit(endless, device().segmentBoundaryMask(0xfff).build(), true, "Map"));
  }

  @Test
  @Row({"A4", "N9"})
  void addressesOfAnotherDeviceAreForPeersOnly() {
    SgTable registers = SgTable.ofRanges(List.of(new DmaRange(0xf000_0000L, 3 * PAGE)), () -> {});
    assertErrno(Errno.EREMOTEIO, () -> fit(registers, DmaDevice.named("far")));
    assertThat(DmaMapper.fit(registers, DmaDevice.named("near"), true, "Map")).isSameAs(registers);
    SgTable cut = DmaMapper.fit(registers, device().maxSegment(2 * PAGE).build(), true, "Map");
    assertThat(cut.hasMemory()).isFalse();
    assertThat(cut.ranges()).hasSize(2);
    Iommu iommu = Iommu.of("smmu", 0, 16 * PAGE);
    SgTable mapped = DmaMapper.fit(registers, device().iommu(iommu).build(), true, "Map");
    assertThat(mapped.ranges()).containsExactly(new DmaRange(0, 3 * PAGE));
    assertThat(mapped.hasMemory()).isFalse();
    mapped.free();
    assertThat(iommu.used()).isZero();
  }

  @Test
  @Row("A2")
  void iommuMakesOneRunOfScatteredPagesAndCutsIt() {
    Iommu iommu = Iommu.of("smmu", 0x100000, 64 * PAGE);
    SgTable given = memory(0x7000_0000_0000L, PAGE, 0x10000, 2 * PAGE, 0x90000, PAGE);
    DmaDevice whole =
        device()
            .contiguous()
            .addressMask(0xffff_ffffL)
            .alignment(0x8000)
            .maxSegment(0x8000)
            .iommu(iommu)
            .build();
    SgTable one = fit(given, whole);
    assertThat(one.ranges()).containsExactly(new DmaRange(0x100000, 4 * PAGE));
    assertThat(one.entries())
        .extracting(SgTable.Entry::address)
        .containsExactly(0x100000L, 0x101000L, 0x103000L);
    assertThat(one.segments()).isEqualTo(given.segments());
    assertThat(one.contiguousSize()).isEqualTo(4 * PAGE);
    SgTable pieces = fit(given, device().maxSegment(2 * PAGE).iommu(iommu).build());
    assertThat(pieces.ranges())
        .containsExactly(new DmaRange(0x104000, 2 * PAGE), new DmaRange(0x106000, 2 * PAGE));
    one.free();
    pieces.free();
    assertThat(iommu.used()).isZero();
  }

  @Test
  @Row("A2")
  void piecesThatDoNotFillAPageCannotBeMerged() {
    Iommu iommu = Iommu.of("smmu", 0, 64 * PAGE);
    SgTable given = memory(0x10100, 100, 0x20000, PAGE, 0x30000, 50, 0x40000, PAGE);
    SgTable mapped = fit(given, device().iommu(iommu).build());
    assertThat(mapped.ranges())
        .containsExactly(
            new DmaRange(0x100, 100), new DmaRange(0x1000, PAGE + 50), new DmaRange(0x3000, PAGE));
    mapped.free();
    assertErrno(Errno.EFAULT, () -> fit(given, device().contiguous().iommu(iommu).build()));
    assertThat(iommu.used()).as("given back by the failure").isZero();
    assertErrno(Errno.EFAULT, () -> fit(given, device().alignment(PAGE).iommu(iommu).build()));
  }

  @Test
  @Row("A2")
  void fullIommuIsEnomem() {
    Iommu iommu = Iommu.of("smmu", 0x100000, 4 * PAGE);
    SgTable given = memory(0x10000, 3 * PAGE);
    SgTable first = fit(given, device().iommu(iommu).build());
    assertErrno(Errno.ENOMEM, () -> fit(given, device().iommu(iommu).build()));
    first.free();
    assertErrno(Errno.ENOMEM, () -> fit(given, device().addressMask(0xfffff).iommu(iommu).build()));
    SgTable endless =
        SgTable.ofRanges(List.of(new DmaRange(1, MAX - 1), new DmaRange(0, 1)), () -> {});
    assertErrno(
        Errno.ENOMEM, () -> DmaMapper.fit(endless, device().iommu(iommu).build(), true, "Map"));
  }

  @Test
  @Row({"A2", "N9"})
  void anyTableAtTheEdgesOfNumbersIsFittedOrRefused() {
    Random random = new Random(20261121);
    long[] edges = {0, 1, 4095, PAGE, 0xffff, 1L << 31, 1L << 47, MAX - 8192, MAX - 1, MAX};
    for (int i = 0; i < 1_000; i++) {
      List<DmaRange> ranges = new ArrayList<>();
      long left = MAX;
      for (int r = random.nextInt(3); r >= 0; r--) {
        long address = edges[random.nextInt(edges.length)] & -(1L << random.nextInt(13));
        long length = 1 + Math.floorMod(random.nextLong(), edges[1 + random.nextInt(9)]);
        length = Math.min(length, Math.min(left, MAX - address + (address == 0 ? 0 : 1)));
        if (length > 0) {
          ranges.add(new DmaRange(address, length));
          left -= length;
        }
      }
      if (ranges.isEmpty()) {
        continue;
      }
      DmaDevice.Builder builder =
          device()
              .maxSegment(random.nextBoolean() ? MAX : PAGE + random.nextLong(1L << 40))
              .segmentBoundaryMask(-1L >>> random.nextInt(52))
              .addressMask(-1L >>> random.nextInt(30));
      if (random.nextBoolean()) {
        builder.iommu(Iommu.of("smmu", 0, random.nextBoolean() ? 1L << 62 : 1L << 20));
      }
      DmaDevice device = builder.build();
      SgTable given = SgTable.ofRanges(ranges, () -> {});
      SgTable fitted;
      try {
        fitted = DmaMapper.fit(given, device, true, "Map");
      } catch (DmaBufException refused) {
        assertThat(refused.errno()).isIn(Errno.EIO, Errno.EFAULT, Errno.ENOMEM);
        assertThat(device.iommu().map(Iommu::used).orElse(0L)).isZero();
        continue;
      }
      suits(fitted, given, device.constraints());
    }
  }

  private static void suits(SgTable fitted, SgTable given, DmaConstraints needs) {
    assertThat(fitted.size()).isEqualTo(given.size());
    for (DmaRange range : fitted.ranges()) {
      assertThat(range.length()).isLessThanOrEqualTo(needs.maxSegment());
      if (needs.addressMask() >= 0) {
        assertThat(range.last()).isLessThanOrEqualTo(needs.addressMask());
      }
      if (needs.segmentBoundaryMask() >= 0) {
        assertThat(range.last() & ~needs.segmentBoundaryMask())
            .isEqualTo(range.address() & ~needs.segmentBoundaryMask());
      }
    }
  }
}

package org.dmabuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.Errnos.assertErrno;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DmaDeviceTest {
  private static final long MAX = Long.MAX_VALUE;

  @Test
  @Row("A1")
  void namedDeviceHasNoLimits() {
    DmaDevice device = DmaDevice.named("camera");
    assertThat(device.name()).isEqualTo("camera");
    assertThat(device.constraints()).isEqualTo(DmaConstraints.NONE);
    assertThat(device.needs()).isEqualTo(DmaConstraints.NONE);
    assertThat(device.contiguous()).isFalse();
    assertThat(device.iommu()).isEmpty();
    assertErrno(Errno.EINVAL, () -> DmaDevice.named(""));
  }

  @ParameterizedTest
  @CsvSource({
    "0,  1, 4096, -1",
    "5,  1, 4096, -1",
    "-2, 1, 4096, -1",
    "-1, 0, 4096, -1",
    "-1, 3, 4096, -1",
    "-1, -9223372036854775808, 4096, -1",
    "-1, 1, 4095, -1",
    "-1, 8192, 4096, -1",
    "-1, 1, 4096, 0",
    "-1, 1, 4096, 2047",
    "-1, 8192, 8192, 4095",
    "-1, 1, 4096, 4096"
  })
  @Row("A2")
  void constraintsThatNoMemoryCouldMeetAreRefused(
      long mask, long alignment, long segment, long boundary) {
    assertErrno(Errno.EINVAL, () -> new DmaConstraints(mask, alignment, false, segment, boundary));
  }

  @Test
  @Row("A2")
  void whatSatisfiesTwoDevicesSatisfiesEach() {
    DmaConstraints a = new DmaConstraints(0xffff_ffffL, 64, false, 65536, -1L);
    DmaConstraints b = new DmaConstraints(-1L, 8192, true, 8192, 0xffffL);
    DmaConstraints both = new DmaConstraints(0xffff_ffffL, 8192, true, 8192, 0xffffL);
    assertThat(a.and(b)).isEqualTo(both);
    assertThat(b.and(a)).isEqualTo(both);
    assertThat(a.and(DmaConstraints.NONE)).isEqualTo(a);
  }

  @Test
  @Row("A2")
  void anyTwoConstraintsHaveOneThatSatisfiesBoth() {
    Random random = new Random(20261121);
    for (int i = 0; i < 2_000; i++) {
      DmaConstraints a = some(random);
      DmaConstraints b = some(random);
      DmaConstraints both = a.and(b);
      assertThat(both).isEqualTo(b.and(a));
      for (DmaConstraints one : List.of(a, b)) {
        assertThat(one.addressMask() & both.addressMask()).isEqualTo(both.addressMask());
        assertThat(both.alignment() % one.alignment()).isZero();
        assertThat(!one.contiguous() || both.contiguous()).isTrue();
      }
    }
  }

  private static DmaConstraints some(Random random) {
    long alignment = 1L << random.nextInt(20);
    long least = Math.max(alignment, 4096);
    return new DmaConstraints(
        -1L >>> random.nextInt(20),
        alignment,
        random.nextBoolean(),
        random.nextBoolean() ? MAX : least + random.nextInt(1 << 20),
        -1L >>> random.nextInt(40));
  }

  @Test
  @Row("A2")
  void deviceBehindAnIommuNeedsWholePagesOfIt() {
    Iommu iommu = Iommu.of("smmu", 0x1000, 0x100000, 0x4000 >> 2);
    DmaDevice device =
        DmaDevice.builder("gpu").contiguous().addressMask(0xffff_ffffL).iommu(iommu).build();
    assertThat(device.iommu()).contains(iommu);
    assertThat(device.needs()).isEqualTo(new DmaConstraints(-1L, 0x1000, false, MAX, -1L));
    assertThat(device.toString()).contains("gpu").contains("smmu");
  }

  @ParameterizedTest
  @CsvSource({
    "-4096, 4096, 4096, EINVAL",
    "100, 4096, 4096, EINVAL",
    "0, 0, 4096, EINVAL",
    "0, 4095, 4096, EINVAL",
    "0, 4096, 0, EINVAL",
    "0, 4096, 4095, EINVAL",
    "0, 4096, -4096, EINVAL",
    "4096, 9223372036854771712, 4096, EOVERFLOW"
  })
  @Row("A2")
  void addressSpacesAreWholePagesOfNumbers(long first, long bytes, long page, Errno errno) {
    if (errno == Errno.EOVERFLOW) {
      // One page less ends at the last address of all.
      Iommu.of("whole", first, bytes, page);
      assertErrno(errno, () -> Iommu.of("smmu", first + page, bytes, page));
    } else {
      assertErrno(errno, () -> Iommu.of("smmu", first, bytes, page));
    }
  }

  @Test
  @Row("A2")
  void addressesAreTakenLowestFirstAndGivenBack() {
    Iommu iommu = Iommu.of("smmu", 0x10000, 4 * 4096);
    long a = iommu.take(1, 1, -1L);
    long b = iommu.take(4097, 1, -1L);
    assertThat(a).isEqualTo(0x10000);
    assertThat(b).isEqualTo(0x11000);
    assertThat(iommu.used()).isEqualTo(3 * 4096);
    assertThat(iommu.take(2 * 4096, 1, -1L)).as("one page is left").isEqualTo(-1);
    iommu.give(a);
    assertThat(iommu.take(2 * 4096, 1, -1L)).as("two pages, but apart").isEqualTo(-1);
    assertThat(iommu.take(4096, 8192, -1L)).as("aligned").isEqualTo(0x10000);
    iommu.give(b);
    assertThat(iommu.take(4096, 8192, -1L)).isEqualTo(0x12000);
    assertThat(iommu.take(4096, 1, 0x11fff)).isEqualTo(0x11000);
    assertThat(iommu.take(4096, 1, 0x12fff)).as("beyond what the device reaches").isEqualTo(-1);
    assertThat(iommu.take(4096, 1, -1L)).isEqualTo(0x13000);
    assertThat(iommu.used()).isEqualTo(4 * 4096);
  }

  @Test
  @Row("A2")
  void addressSpaceThatEndsAtTheLastAddressIsUsedToItsEnd() {
    Iommu iommu = Iommu.of("smmu", MAX - 8191, 8192);
    assertThat(iommu.take(MAX, 1, -1L)).isEqualTo(-1);
    assertThat(iommu.take(4096, 1L << 62, -1L)).isEqualTo(-1);
    assertThat(iommu.take(8192, 1, -1L)).isEqualTo(MAX - 8191);
    assertThat(iommu.take(1, 1, -1L)).isEqualTo(-1);
    iommu.give(MAX - 8191);
    assertThat(iommu.used()).isZero();
  }
}

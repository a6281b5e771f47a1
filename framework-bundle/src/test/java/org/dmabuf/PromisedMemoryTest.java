package org.dmabuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.dmabuf.negotiation.BufferRequest;
import org.dmabuf.negotiation.Constraint;
import org.dmabuf.negotiation.ExporterOffer;
import org.dmabuf.negotiation.ImporterNeeds;
import org.dmabuf.negotiation.Negotiation;
import org.dmabuf.negotiation.Placement;
import org.dmabuf.negotiation.RandomDevices;
import org.dmabuf.negotiation.Refusal;
import org.dmabuf.sg.DmaRange;
import org.dmabuf.sg.SgTable;
import org.junit.jupiter.api.Test;

/**
 * Negotiation against what really happens at a map: memory as a placement promises it is mapped for
 * a device that takes it, whatever piece of it the buffer gets; and where a device refuses it, some
 * piece of it could not have been mapped.
 */
class PromisedMemoryTest {
  private static final int CASES = 4000;
  private static final int TRIES = 60;
  private static final long IOMMU_BYTES = 1L << 31;

  private final Random random = new Random(15);
  private final RandomDevices devices = new RandomDevices(random);

  /** Memory within the promise, as unkind to the device as chance has it. */
  private List<DmaRange> memory(Placement place, long bytes) {
    List<DmaRange> runs = new ArrayList<>();
    long unit = place.contiguous() ? bytes : place.shortestRun();
    // Not beyond what a table can say, nor so high that a second run would not find room.
    long top = place.addressMask() < 0 ? Long.MAX_VALUE : place.addressMask();
    long base = random.nextBoolean() ? 0 : top - 64 * bytes;
    long at = base;
    for (long done = 0; done < bytes; ) {
      long length = Math.min(bytes - done, unit * (1 + random.nextInt(2)));
      long gap = runs.isEmpty() || random.nextInt(3) == 0 ? 0 : 1 + random.nextInt(3);
      at = at + (gap + random.nextInt(2)) * place.alignment();
      at = at + place.alignment() - 1 & -place.alignment();
      if (place.contiguous() || runs.isEmpty()) {
        at += random.nextInt(5) * place.alignment();
      }
      runs.add(new DmaRange(at, length));
      at += length;
      done += length;
    }
    if (base > 0 && random.nextBoolean()) {
      // To the very end of what is promised.
      long up = top - runs.getLast().last() & -place.alignment();
      runs.replaceAll(run -> new DmaRange(run.address() + up, run.length()));
    }
    return runs;
  }

  private DmaDevice device(ImporterNeeds needs) {
    DmaDevice.Builder builder =
        DmaDevice.builder(needs.name())
            .addressMask(needs.constraints().addressMask())
            .alignment(needs.constraints().alignment())
            .maxSegment(needs.constraints().maxSegment())
            .segmentBoundaryMask(needs.constraints().segmentBoundaryMask());
    if (needs.constraints().contiguous()) {
      builder.contiguous();
    }
    if (needs.iommuPage() != 0) {
      builder.iommu(Iommu.of("smmu", 0, IOMMU_BYTES, needs.iommuPage()));
    }
    return builder.build();
  }

  private static SgTable fit(List<DmaRange> memory, DmaDevice device, boolean peer) {
    return DmaMapper.fit(SgTable.ofRanges(memory, () -> {}), device, peer, "Map");
  }

  @Test
  @Row({"N15", "A2"})
  void shouldTakeOnlyMemoryThatIsMappedAndRefuseOnlyWhatMightNotBe() {
    Map<Constraint, Integer> shown = new EnumMap<>(Constraint.class);
    int taken = 0;
    for (int i = 0; i < CASES; i++) {
      ImporterNeeds needs = devices.importer("device");
      Placement place = devices.placement("memory");
      long bytes = place.shortestRun() * (1 + random.nextInt(4));
      Negotiation answer =
          Negotiation.of(
              BufferRequest.bytes(bytes), List.of(needs), List.of(ExporterOffer.of("e", place)));
      List<Refusal> refusals = answer.candidates().getFirst().refusals();
      if (refusals.isEmpty()) {
        taken++;
        isAlwaysMapped(needs, place, bytes);
      } else if (refusals.size() == 1 && decidedAtMap(refusals.getFirst(), needs)) {
        shown.merge(refusals.getFirst().constraint(), 1, Integer::sum);
        isNotAlwaysMapped(needs, place, bytes, refusals.getFirst());
      }
    }
    assertThat(taken).isGreaterThan(CASES / 10);
    assertThat(shown)
        .containsKeys(
            Constraint.ADDRESS, Constraint.ALIGNMENT, Constraint.CONTIGUITY, Constraint.PEER);
  }

  /** Sizes are not the mapper's, and runs and pages of an IOMMU are promises for the worst case. */
  private static boolean decidedAtMap(Refusal refusal, ImporterNeeds needs) {
    return switch (refusal.constraint()) {
      case ADDRESS, CONTIGUITY, PEER -> true;
      case ALIGNMENT -> needs.iommuPage() == 0;
      default -> false;
    };
  }

  private void isAlwaysMapped(ImporterNeeds needs, Placement place, long bytes) {
    for (int i = 0; i < TRIES / 6; i++) {
      List<DmaRange> memory = memory(place, bytes);
      SgTable table = fit(memory, device(needs), needs.peerToPeer() || !place.peer());
      assertThat(table.ranges())
          .as("%s for %s", memory, needs)
          .hasSizeLessThanOrEqualTo(needs.maxSegments());
    }
  }

  private void isNotAlwaysMapped(
      ImporterNeeds needs, Placement place, long bytes, Refusal refusal) {
    boolean peer = needs.peerToPeer() || !place.peer();
    for (int i = 0; i < TRIES; i++) {
      List<DmaRange> memory = memory(place, bytes);
      try {
        fit(memory, device(needs), peer);
      } catch (DmaBufException found) {
        assertThat(found.errno()).isIn(Errno.EIO, Errno.EFAULT, Errno.EREMOTEIO);
        return;
      }
    }
    assertThatCode(() -> fit(memory(place, bytes), device(needs), peer))
        .as("%s refused %s for %s", needs, place, refusal)
        .isInstanceOf(DmaBufException.class);
  }
}

package org.dmabuf.sg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.dmabuf.Errnos.assertErrno;

import java.util.ArrayList;
import java.util.List;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.Row;
import org.junit.jupiter.api.Test;

/** What the kernel's tests of the negotiation assert. */
@Row("N9")
class MappingOfferTest {
  private final List<String> compared = new ArrayList<>();
  private final MappingType a = type("a", null);
  private final MappingType b = type("b", null);
  private final MappingType unsupported = type("unsupported", Errno.EOPNOTSUPP);
  private final MappingType broken = type("broken", Errno.EIO);

  private MappingType type(String name, Errno answer) {
    return new MappingType(
        name,
        (exporter, importer) -> {
          compared.add(exporter + "/" + importer);
          if (answer != null) {
            throw new DmaBufException(answer, "planted");
          }
        });
  }

  private static MappingOffer offer(MappingType type, String detail) {
    return new MappingOffer(type, detail);
  }

  @Test
  void noTypeInCommonIsNoMatch() {
    assertErrno(
        Errno.EINVAL, () -> MappingOffer.agree(List.of(offer(a, "")), List.of(offer(b, ""))));
    assertErrno(Errno.EINVAL, () -> MappingOffer.agree(List.of(), List.of(offer(a, ""))));
    assertErrno(Errno.EINVAL, () -> MappingOffer.agree(List.of(offer(a, "")), List.of()));
    assertThat(compared).as("different types are not compared").isEmpty();
  }

  @Test
  void refusalNamesWhatBothSidesOffer() {
    assertThatThrownBy(
            () -> MappingOffer.agree(List.of(offer(a, "pci0")), List.of(MappingOffer.SG_TABLE)))
        .hasMessageContainingAll("a on pci0", "sg table");
    assertThat(MappingType.PEER_ADDRESSES).hasToString("peer addresses");
  }

  @Test
  void typesAreTheSameByIdentityOnly() {
    assertErrno(
        Errno.EINVAL,
        () -> MappingOffer.agree(List.of(offer(a, "")), List.of(offer(type("a", null), ""))));
  }

  @Test
  void offersAreTriedInOrder() {
    MappingOffer.agree(
        List.of(offer(unsupported, "1"), offer(unsupported, "2"), offer(a, "")),
        List.of(offer(unsupported, "x"), offer(unsupported, "y"), offer(a, "")));
    assertThat(compared)
        .containsExactly(
            "unsupported on 1/unsupported on x",
            "unsupported on 1/unsupported on y",
            "unsupported on 2/unsupported on x",
            "unsupported on 2/unsupported on y",
            "a/a");
  }

  @Test
  void exportersPreferenceCountsFirst() {
    MappingOffer.Agreement agreed =
        MappingOffer.agree(
            List.of(offer(b, ""), offer(a, "")), List.of(offer(a, ""), offer(b, "")));
    assertThat(agreed.exporter().type()).isSameAs(b);
  }

  @Test
  void importersPreferenceCountsAmongOffersOfOneType() {
    MappingOffer.Agreement agreed =
        MappingOffer.agree(List.of(offer(a, "")), List.of(offer(a, "first"), offer(a, "second")));
    assertThat(agreed.importer().detail()).isEqualTo("first");
  }

  @Test
  void errorStopsTheSearch() {
    assertErrno(
        Errno.EIO,
        () ->
            MappingOffer.agree(
                List.of(offer(broken, ""), offer(a, "")),
                List.of(offer(broken, ""), offer(a, ""))));
    assertThat(compared).containsExactly("broken/broken");
  }

  @Test
  void notSupportedIsPassedOver() {
    MappingOffer.Agreement agreed =
        MappingOffer.agree(
            List.of(offer(unsupported, ""), offer(a, "")),
            List.of(offer(unsupported, ""), offer(a, "")));
    assertThat(agreed.importer().type()).isSameAs(a);
    assertErrno(
        Errno.EINVAL,
        () -> MappingOffer.agree(List.of(offer(unsupported, "")), List.of(offer(unsupported, ""))));
  }

  @Test
  void frameworksTypesCompareTheirDetail() {
    for (MappingType type : List.of(MappingType.SG_TABLE, MappingType.PEER_ADDRESSES)) {
      List<MappingOffer> any = List.of(offer(type, ""));
      List<MappingOffer> bus = List.of(offer(type, "pci0"));
      assertThat(MappingOffer.agree(any, bus).importer().detail()).isEqualTo("pci0");
      assertThat(MappingOffer.agree(bus, any).exporter().detail()).isEqualTo("pci0");
      assertThat(MappingOffer.agree(bus, bus)).isNotNull();
      assertErrno(Errno.EINVAL, () -> MappingOffer.agree(bus, List.of(offer(type, "pci1"))));
    }
    assertErrno(Errno.EINVAL, () -> type("", null));
  }
}

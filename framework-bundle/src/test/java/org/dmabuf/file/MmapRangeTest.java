package org.dmabuf.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.Errnos.assertErrno;

import java.math.BigInteger;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.Errno;
import org.dmabuf.Framework;
import org.dmabuf.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Offsets and lengths at the edges of long, against numbers without edges. */
class MmapRangeTest {
  private static final int CASES = 40_000;
  private static final BigInteger TWO_TO_64 = BigInteger.ONE.shiftLeft(64);
  private static final BigInteger ADDRESS_SPACE = BigInteger.ONE.shiftLeft(47);
  private static final BigInteger MOST = BigInteger.valueOf(Long.MAX_VALUE);

  @RegisterExtension final Framework framework = new Framework();

  private static BigInteger big(long number) {
    return BigInteger.valueOf(number);
  }

  private static BigInteger pages(BigInteger bytes, int page) {
    return bytes.add(big(page - 1L)).divide(big(page));
  }

  /** What a mapping of a file answers: an error, or the bytes that are mapped. */
  private static Object expected(long size, long offset, long length, int page) {
    BigInteger bytes = length < 0 ? big(length).add(TWO_TO_64) : big(length);
    if (!big(offset).mod(big(page)).equals(BigInteger.ZERO)) {
      return Errno.EINVAL;
    }
    if (bytes.signum() == 0) {
      return Errno.EINVAL;
    }
    if (bytes.compareTo(ADDRESS_SPACE) >= 0) {
      return Errno.ENOMEM;
    }
    if (offset < 0) {
      return Errno.EOVERFLOW;
    }
    BigInteger end = big(offset).divide(big(page)).add(pages(bytes, page));
    if (end.compareTo(big(size).divide(big(page))) > 0) {
      return Errno.EINVAL;
    }
    return pages(bytes, page).multiply(big(page)).longValueExact();
  }

  private static Object answer(LongSupplier call) {
    try {
      return call.getAsLong();
    } catch (DmaBufException refused) {
      return refused.errno();
    }
  }

  @Test
  @Row({"F10", "F11", "L/12"})
  void rangesAtTheEdgesOfLongAreThoseOfNumbersWithoutEdges() {
    Edges edges = new Edges(42);
    Map<Errno, Integer> refused = new EnumMap<>(Errno.class);
    int mapped = 0;
    long last = 0;
    for (int i = 0; i < CASES; i++) {
      int page = edges.page();
      long size = edges.next(last) & Long.MAX_VALUE;
      long offset = edges.next(size) & (i % 3 == 0 ? -1 : -page);
      long length = edges.next(size - offset);
      last = length;
      Object answer =
          answer(
              () -> {
                MmapRange.checkAligned("file", offset, page);
                long rounded = MmapRange.rounded("file", length, page);
                MmapRange.checkOffset("file", offset);
                MmapRange.checkWithin("file", size, offset, rounded, page);
                return rounded;
              });
      assertThat(answer)
          .as("case %d: %d bytes at %d of %d in pages of %d", i, length, offset, size, page)
          .isEqualTo(expected(size, offset, length, page));
      if (answer instanceof Errno errno) {
        refused.merge(errno, 1, Integer::sum);
      } else {
        mapped++;
      }
    }
    assertThat(mapped).as("cases that map").isGreaterThan(CASES / 100);
    assertThat(refused).containsOnlyKeys(Errno.EINVAL, Errno.ENOMEM, Errno.EOVERFLOW);
    assertThat(refused.values()).allMatch(count -> count > CASES / 100);
  }

  /** Handles give lengths that are not rounded, which must come to the same. */
  @Test
  @Row("F10")
  void lengthsNeedNotBeRounded() {
    Edges edges = new Edges(43);
    for (int i = 0; i < CASES; i++) {
      int page = edges.page();
      long size = edges.next(i) & Long.MAX_VALUE;
      long offset = edges.next(size) & Long.MAX_VALUE & -page;
      long length = Math.max(1, edges.next(size - offset) & Long.MAX_VALUE);
      BigInteger end = big(offset).divide(big(page)).add(pages(big(length), page));
      Object answer =
          answer(
              () -> {
                MmapRange.checkWithin("file", size, offset, length, page);
                return 0;
              });
      assertThat(answer)
          .as("case %d: %d bytes at %d of %d in pages of %d", i, length, offset, size, page)
          .isEqualTo(
              end.compareTo(big(size).divide(big(page))) > 0 ? (Object) Errno.EINVAL : (Object) 0L);
    }
  }

  @Test
  void positionsOfAMemoryFileNeverWrap() {
    DmaBufRegistry registry = framework.open("program");
    FileTable table = registry.files();
    int fd = registry.memfd(table, "file", 5_000, 0, false);
    Edges edges = new Edges(44);
    BigInteger position = BigInteger.ZERO;
    int sought = 0;
    for (int i = 0; i < CASES / 2; i++) {
      long offset = edges.next(position.longValueExact());
      int whence = i % 3;
      BigInteger base = new BigInteger[] {BigInteger.ZERO, position, big(5_000)}[whence];
      BigInteger wanted = base.add(big(offset));
      Optional<Errno> error =
          wanted.compareTo(MOST) > 0
              ? Optional.of(Errno.EOVERFLOW)
              : wanted.signum() < 0 ? Optional.of(Errno.EINVAL) : Optional.empty();
      if (error.isPresent()) {
        assertErrno(error.get(), () -> table.lseek(fd, offset, whence));
      } else {
        assertThat(table.lseek(fd, offset, whence)).isEqualTo(wanted.longValueExact());
        position = wanted;
        sought++;
      }
    }
    assertThat(table.fdinfo(fd)).startsWith("pos:\t" + position + "\n");
    assertThat(sought).isGreaterThan(CASES / 20);
    table.close(fd);
  }
}

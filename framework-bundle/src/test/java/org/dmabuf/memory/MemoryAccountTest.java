package org.dmabuf.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.dmabuf.Errnos.assertErrno;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.Row;
import org.junit.jupiter.api.Test;

/** Accounts, their limits, and the books of a region. */
class MemoryAccountTest {
  private static final String LIMIT = "the limit client.mib";

  @Test
  @Row({"N12"})
  void chargeNamesTheAccountThatLimitsItAndLeavesTheOthersAsTheyWere() {
    MemoryAccount product = MemoryAccount.root("product", 100, "the limit pool.mib");
    MemoryAccount camera = product.child("camera", 60, LIMIT);
    MemoryAccount screen = product.child("screen", 0, LIMIT);
    assertThat(camera.tryCharge(60)).isEmpty();
    assertThat(camera.tryCharge(1)).containsSame(camera);
    assertThat(screen.tryCharge(41)).containsSame(product);
    assertThat(screen.used()).isZero();
    assertThat(product.used()).isEqualTo(60);
    assertThat(screen.tryCharge(40)).isEmpty();
    camera.uncharge(60);
    assertThat(product.used()).isEqualTo(40);
    assertThat(product.peak()).isEqualTo(100);
    assertThat(camera.peak()).isEqualTo(60);
  }

  @Test
  void refusalNamesWhoAskedAndTheLimit() {
    MemoryAccount camera = new MemoryAccount("product").child("camera", 4096, LIMIT);
    camera.charge(4000);
    assertThatExceptionOfType(DmaBufException.class)
        .isThrownBy(() -> camera.charge(100))
        .withMessageContaining("100 bytes were asked by camera")
        .withMessageContaining(LIMIT)
        .withMessageContaining("leaves 96");
    assertErrno(Errno.ENOMEM, () -> camera.charge(Long.MAX_VALUE));
    assertThat(camera.used()).isEqualTo(4000);
  }

  @Test
  void limitThatIsLoweredHoldsForTheNextCharge() {
    MemoryAccount camera = new MemoryAccount("camera");
    camera.charge(1000);
    camera.limit(500);
    assertThat(camera.max()).isEqualTo(500);
    assertErrno(Errno.ENOMEM, () -> camera.charge(1));
    assertThat(camera.used()).isEqualTo(1000);
    camera.limit(0);
    camera.charge(1);
  }

  /** Against sums of exact numbers that know no overflow. */
  @Test
  void chargesAtTheEdgesOfLongNeverOverflow() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    long[] edges = {0, 1, 4095, 4096, 1L << 31, 1L << 62, Long.MAX_VALUE - 4096, Long.MAX_VALUE};
    for (int round = 0; round < 2000; round++) {
      long productMax = edges[random.nextInt(edges.length)];
      long clientMax = edges[random.nextInt(edges.length)];
      MemoryAccount product = MemoryAccount.root("product", productMax, LIMIT);
      MemoryAccount client = product.child("client", clientMax, LIMIT);
      List<Long> charged = new ArrayList<>();
      BigInteger sum = BigInteger.ZERO;
      for (int i = 0; i < 8; i++) {
        long bytes = edges[random.nextInt(edges.length)];
        BigInteger then = sum.add(BigInteger.valueOf(bytes));
        boolean fits = fits(then, productMax) && fits(then, clientMax);
        assertThat(client.tryCharge(bytes).isEmpty())
            .as("seed %d round %d", seed, round)
            .isEqualTo(fits);
        if (fits) {
          sum = then;
          charged.add(bytes);
        }
        assertThat(client.used()).isEqualTo(sum.longValueExact());
        assertThat(product.used()).isEqualTo(sum.longValueExact());
      }
      charged.forEach(client::uncharge);
      assertThat(product.used()).isZero();
    }
  }

  private static boolean fits(BigInteger sum, long max) {
    long most = max == 0 ? Long.MAX_VALUE : max;
    return sum.compareTo(BigInteger.valueOf(most)) <= 0;
  }

  @Test
  void manyThreadsNeverHaveMoreThanTheLimitAndGiveAllBack() throws Exception {
    MemoryAccount product = MemoryAccount.root("product", 3, LIMIT);
    List<MemoryAccount> clients =
        List.of(product.child("a", 2, LIMIT), product.child("b", 2, LIMIT));
    AtomicInteger held = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      MemoryAccount mine = clients.get(i % 2);
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    for (int round = 0; round < 20_000; round++) {
                      if (mine.tryCharge(1).isEmpty()) {
                        most.accumulateAndGet(held.incrementAndGet(), Math::max);
                        held.decrementAndGet();
                        mine.uncharge(1);
                      }
                    }
                  }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(most.get()).isBetween(1, 3);
    assertThat(product.used()).isZero();
    assertThat(clients).allMatch(client -> client.used() == 0);
  }

  @Test
  @Row({"N12"})
  void protectedMemoryIsReclaimedLastOrNever() {
    MemoryAccount product = new MemoryAccount("product");
    MemoryAccount camera = product.child("camera", 0, LIMIT);
    MemoryAccount other = new MemoryAccount("other product");
    camera.protect(10, 20);
    camera.charge(10);
    assertThat(product.mayReclaimFrom(camera, true)).as("min is never taken").isFalse();
    camera.charge(10);
    assertThat(product.mayReclaimFrom(camera, false)).as("low is taken last").isFalse();
    assertThat(product.mayReclaimFrom(camera, true)).isTrue();
    camera.charge(1);
    assertThat(product.mayReclaimFrom(camera, false)).isTrue();
    assertThat(camera.mayReclaimFrom(camera, false)).as("from itself").isTrue();
    assertThat(camera.mayReclaimFrom(product, true)).as("it lies above").isFalse();
    assertThat(other.mayReclaimFrom(camera, true)).as("it would not help").isFalse();
  }

  @Test
  @Row({"N12"})
  void regionKnowsEachClientsPoolAndWhoIsInTheWay() {
    MemoryAccount camera = new MemoryAccount("camera");
    MemoryAccount screen = new MemoryAccount("screen");
    MemoryRegion region = new MemoryRegion("vram", 100);
    region.pool(camera).limit(50);
    assertThat(region.tryCharge(camera, 51)).containsSame(region.pool(camera));
    assertThat(region.tryCharge(screen, 101)).containsSame(region.whole());
    assertThat(region.tryCharge(camera, 50)).isEmpty();
    assertThat(region.tryCharge(screen, 50)).isEmpty();
    assertThat(region.pool(camera).peak()).isEqualTo(50);
    assertThat(region.whole().used()).isEqualTo(100);
    assertThat(camera.used()).as("another controller").isZero();
    region.uncharge(camera, 50);
    region.uncharge(screen, 50);
    assertThat(region.whole().used()).isZero();
  }

  @Test
  @Row({"N12"})
  void regionThatIsUnregisteredTakesNoChargeButTakesBack() {
    MemoryAccount camera = new MemoryAccount("camera");
    MemoryRegion region = new MemoryRegion("vram", 100);
    assertThat(region.tryCharge(camera, 10)).isEmpty();
    region.close();
    region.close();
    assertErrno(Errno.ENODEV, () -> region.tryCharge(camera, 1));
    assertErrno(Errno.ENODEV, () -> region.pool(camera));
    region.uncharge(camera, 10);
    assertThat(region.whole().used()).isZero();
    assertThat(new MemoryRegion("byte", 1).whole().max()).isEqualTo(1);
    assertErrno(Errno.EINVAL, () -> new MemoryRegion("", 1));
    assertErrno(Errno.EINVAL, () -> new MemoryRegion("vram", 0));
  }
}

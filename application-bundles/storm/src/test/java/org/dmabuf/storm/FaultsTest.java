package org.dmabuf.storm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Dictionary;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.dmabuf.Errno;
import org.dmabuf.fault.FaultKind;
import org.dmabuf.fault.FaultPoint;
import org.dmabuf.fault.FaultRule;
import org.junit.jupiter.api.Test;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;

/** What the configurations say that a storm makes, read as the framework reads them. */
class FaultsTest {
  private static final int MANY = 1_000;

  private final List<FaultRule> made = new ArrayList<>();
  private final List<FaultRule> active = new ArrayList<>();
  private final Faults faults = new Faults(admin(), drivers());

  private static Map<Role, List<String>> drivers() {
    Map<Role, List<String>> drivers = new EnumMap<>(Role.class);
    for (Role role : Role.values()) {
      drivers.put(role, List.of(role.label() + ".a", role.label() + ".b"));
    }
    return drivers;
  }

  private ConfigurationAdmin admin() {
    return stub(
        ConfigurationAdmin.class,
        (method, arguments) -> {
          assertThat(method).isEqualTo("createFactoryConfiguration");
          assertThat(arguments[0]).isEqualTo("org.dmabuf.fault");
          return configuration();
        });
  }

  private Configuration configuration() {
    List<FaultRule> own = new ArrayList<>();
    return stub(
        Configuration.class,
        (method, arguments) -> {
          if (method.equals("update")) {
            own.add(rule((Dictionary<?, ?>) arguments[0]));
            made.addAll(own);
            active.addAll(own);
          } else {
            assertThat(method).isEqualTo("delete");
            active.removeAll(own);
          }
          return null;
        });
  }

  private interface Calls {
    Object call(String method, Object[] arguments);
  }

  private static <T> T stub(Class<T> type, Calls calls) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) -> calls.call(method.getName(), arguments)));
  }

  private static FaultRule rule(Dictionary<?, ?> from) {
    Set<FaultPoint> points =
        Arrays.stream((String[]) from.get("points"))
            .map(FaultPoint::valueOf)
            .collect(Collectors.toSet());
    return new FaultRule(
        (String) from.get("bundle"),
        points,
        FaultKind.valueOf((String) from.get("kind")),
        Errno.valueOf((String) from.get("errno")),
        (Double) from.get("rate"),
        Duration.ofMillis((Long) from.get("duration.ms")),
        (Long) from.get("seed"));
  }

  private List<FaultRule> all() throws IOException {
    for (int draw = 0; draw < MANY; draw++) {
      faults.inject(draw);
      faults.heal();
    }
    return made;
  }

  @Test
  void shouldInjectTheSameForTheSameNumberAndOneAtATime() throws IOException {
    String told = faults.inject(7);
    FaultRule first = active.getFirst();
    faults.heal();
    faults.heal();
    assertThat(active).isEmpty();
    assertThat(faults.inject(7)).isEqualTo(told);
    assertThat(active).containsExactly(first);
  }

  @Test
  void shouldHaveEachKindOfFault() throws IOException {
    assertThat(all()).extracting(FaultRule::kind).containsAll(EnumSet.allOf(FaultKind.class));
  }

  @Test
  void shouldStrikeDriversAndClients() throws IOException {
    assertThat(all().stream().map(FaultRule::bundle).collect(Collectors.toSet()))
        .contains("exporter.a", "exporter.b", "capture.a", "display.b", "org.dmabuf.storm.guest");
  }

  /** Nobody would start a driver again that could not get what it needs at its start. */
  @Test
  void shouldLeaveWhatDriversNeedToStart() throws IOException {
    assertThat(all())
        .filteredOn(rule -> rule.kind() == FaultKind.FAIL && !rule.bundle().equals(Guests.NAME))
        .noneMatch(
            rule ->
                rule.points().contains(FaultPoint.RESERVE)
                    || rule.points().contains(FaultPoint.FENCE_CONTEXT));
  }

  @Test
  void shouldStrikeSomeCallsAndNotAll() throws IOException {
    assertThat(all()).allSatisfy(rule -> assertThat(rule.rate()).isBetween(0.01, 0.5));
    assertThat(made).noneMatch(rule -> rule.points().isEmpty());
    assertThat(Collections.max(made.stream().map(FaultRule::duration).toList()))
        .isLessThan(Duration.ofMillis(250));
  }
}

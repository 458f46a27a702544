// SPDX-License-Identifier: Apache-2.0
#include <analysis/statistics/student.h>

#include <boost/math/distributions/students_t.hpp>

namespace joulemark {

double student_t(double degrees_of_freedom, double probability) {
  return boost::math::quantile(boost::math::students_t_distribution<double>(degrees_of_freedom), probability);
}

double student_t95(double degrees_of_freedom) {
  return student_t(degrees_of_freedom, 0.975);
}

}  // namespace joulemark
